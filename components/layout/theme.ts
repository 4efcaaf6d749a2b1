import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

/** The heat scale's own blues, so that what can be pressed and what is measured are of one family. */
const BLUE: MantineColorsTuple = [
  '#e8f6fe',
  '#c4e1f5',
  '#a2cbeb',
  '#82b5e1',
  '#659ed5',
  '#4c87c7',
  '#3770b6',
  '#2759a4',
  '#1b428f',
  '#12306e',
]

const DARK: MantineColorsTuple = [
  '#e9ecf0',
  '#c6ccd4',
  '#a3abb7',
  '#6d747f',
  '#40444c',
  '#303238',
  '#25262b',
  '#1a1b1e',
  '#141517',
  '#101113',
]

// The letters beyond Latin come from @fontsource's other files, once a name has one.
const FONT = 'var(--font-inter), "Inter Variable", system-ui, sans-serif'

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 7, dark: 8 },
  colors: { blue: BLUE, dark: DARK },
  black: '#0b1b2b',
  fontFamily: FONT,
  headings: { fontFamily: FONT },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Inside the page's main landmark, where readers of the screen look for what opens there.
    Portal: { defaultProps: { target: '#overlays' } },
    Popover: { defaultProps: { shadow: 'md' } },
    Combobox: { defaultProps: { shadow: 'md' } },
    Menu: { defaultProps: { shadow: 'md', withInitialFocusPlaceholder: false } },
  },
})

const INKS = {
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-placeholder': 'var(--ink-dim)',
  '--mantine-color-dimmed': 'var(--ink-dim)',
  '--mantine-color-text': 'var(--ink)',
}

/** Mantine's text colours are the page's own, whose contrast on either background is enough. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({ variables: {}, light: INKS, dark: INKS })
