import localFont from 'next/font/local'

/**
 * Inter, asked for with the page itself. `optional`: where it comes too late for the first frame the fallback stays,
 * so that no line ever moves.
 */
export const inter = localFont({
  src: '../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  weight: '100 900',
  display: 'optional',
  preload: true,
  adjustFontFallback: 'Arial',
  variable: '--font-inter',
})
