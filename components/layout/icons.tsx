import type { ReactNode } from 'react'

function Icon({ size = 18, children }: { readonly size?: number; readonly children: ReactNode }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      style={{ display: 'block', flex: 'none' }}
    >
      {children}
    </svg>
  )
}

/** A triangle of cells: what a retention grid looks like from afar. */
export function Logo({ size = 22 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 22 22" aria-hidden="true" focusable="false">
      <rect x="1" y="1" width="6" height="6" rx="1.5" fill="#1b428f" />
      <rect x="8" y="1" width="6" height="6" rx="1.5" fill="#3770b6" />
      <rect x="15" y="1" width="6" height="6" rx="1.5" fill="#82b5e1" />
      <rect x="1" y="8" width="6" height="6" rx="1.5" fill="#2759a4" />
      <rect x="8" y="8" width="6" height="6" rx="1.5" fill="#659ed5" />
      <rect x="1" y="15" width="6" height="6" rx="1.5" fill="#4c87c7" />
    </svg>
  )
}

export function RetentionIcon() {
  return (
    <Icon>
      <path d="M3 3.5h14M3 8.5h10M3 13.5h6M3 18h2.5" strokeWidth="2.4" />
    </Icon>
  )
}

export function CollapseIcon() {
  return (
    <Icon>
      <rect x="2.5" y="3.5" width="15" height="13" rx="2" />
      <path d="M7.5 3.5v13M13.5 8l-2 2 2 2" />
    </Icon>
  )
}

export function ExpandIcon() {
  return (
    <Icon>
      <rect x="2.5" y="3.5" width="15" height="13" rx="2" />
      <path d="M7.5 3.5v13M11.5 8l2 2-2 2" />
    </Icon>
  )
}

export function SunIcon() {
  return (
    <Icon>
      <circle cx="10" cy="10" r="3.2" />
      <path d="M10 2v1.6M10 16.4V18M2 10h1.6M16.4 10H18M4.3 4.3l1.2 1.2M14.5 14.5l1.2 1.2M4.3 15.7l1.2-1.2M14.5 5.5l1.2-1.2" />
    </Icon>
  )
}

export function MoonIcon() {
  return (
    <Icon>
      <path d="M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3Z" />
    </Icon>
  )
}

export function AutoIcon() {
  return (
    <Icon>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 3v14a7 7 0 0 0 0-14Z" fill="currentColor" />
    </Icon>
  )
}

export function ExportIcon() {
  return (
    <Icon size={16}>
      <path d="M10 3v9M6.5 8.8 10 12.3l3.5-3.5M3.5 14v2.5h13V14" />
    </Icon>
  )
}

export function LinkIcon() {
  return (
    <Icon size={16}>
      <path d="M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-2.7 2.7a3 3 0 0 0 4.3 4.3l1-1" />
    </Icon>
  )
}

export function CloseIcon() {
  return (
    <Icon size={14}>
      <path d="m5 5 10 10M15 5 5 15" strokeWidth="2" />
    </Icon>
  )
}

export function CopyIcon() {
  return (
    <Icon size={14}>
      <rect x="7" y="7" width="10" height="10" rx="2" />
      <path d="M4.5 13H4a1.5 1.5 0 0 1-1.5-1.5V4A1.5 1.5 0 0 1 4 2.5h7.5A1.5 1.5 0 0 1 13 4v.5" />
    </Icon>
  )
}

export function DoneIcon() {
  return (
    <Icon size={14}>
      <path d="m4 10.5 4 4 8-9" strokeWidth="2.2" />
    </Icon>
  )
}

export function UsersIcon() {
  return (
    <Icon>
      <circle cx="8" cy="6.8" r="3.1" />
      <path d="M2.5 16.5c.4-3.2 2.6-5 5.5-5s5.1 1.8 5.5 5M13 4.2a3 3 0 0 1 0 5.3M15 12.2c1.5.8 2.3 2.3 2.6 4.3" />
    </Icon>
  )
}

export function SettingsIcon() {
  return (
    <Icon>
      <path d="M3 6h8M15 6h2M3 14h2M9 14h8" />
      <circle cx="13" cy="6" r="2" />
      <circle cx="7" cy="14" r="2" />
    </Icon>
  )
}

export function SearchIcon() {
  return (
    <Icon size={16}>
      <circle cx="8.8" cy="8.8" r="5.3" />
      <path d="m13 13 4 4" />
    </Icon>
  )
}
