/** `1,234,567` */
export function numberText(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** `9 s`, `3 min 5 s`, `2 h 4 min` */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `900 bytes`, `16 KB`, `1.5 MB`: in steps of 1,024, as Redis counts. */
export function bytesText(bytes: number): string {
  let value = bytes
  for (const unit of ['bytes', 'KB', 'MB', 'GB']) {
    if (value < 1023.95 || unit === 'GB')
      return `${value < 10 && unit !== 'bytes' ? value.toFixed(1).replace('.0', '') : numberText(value)} ${unit}`
    value /= 1024
  }
  return `${numberText(value)} GB`
}

/** Rows in columns of one width, two spaces before each. Control characters are shown, not sent to the terminal. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const plain = rows.map((row) => row.map((cell) => printable(cell)))
  const widths = plain.reduce<number[]>(
    (most, row) => row.map((cell, i) => Math.max(cell.length, most[i] ?? 0)),
    [],
  )
  return plain.map((row) =>
    row
      .map((cell, i) => `  ${cell.padEnd(widths[i] ?? 0)}`)
      .join('')
      .trimEnd(),
  )
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
}
