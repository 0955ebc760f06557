/** What a piece of text means on a terminal (VIEW-126). */
export type Colour = 'green' | 'yellow' | 'red' | 'brightBlue' | 'dim'

/** Text with an optional colour; its width is that of `text`. */
export interface Cell {
  readonly text: string
  readonly colour?: Colour
}

const codes: Readonly<Record<Colour, number>> = { green: 32, yellow: 33, red: 31, brightBlue: 94, dim: 2 }

export const paint = ({ text, colour }: Cell, colours: boolean): string =>
  colour === undefined || !colours || text === '' ? text : `\u001B[${codes[colour]}m${text}\u001B[0m`

/** Characters, not bytes or UTF-16 units; none of ours is wider than one column. */
const widthOf = (text: string): number => Array.from(text).length

const gap = 3

/**
 * Lines of columns, each as wide as its widest cell and `gap` apart. A cell is a list of pieces, painted one by one. The last
 * column is not padded.
 */
export function formatTable(rows: readonly (readonly (readonly Cell[])[])[], colours: boolean): readonly string[] {
  const textOf = (pieces: readonly Cell[]) => pieces.map((each) => each.text).join('')
  const widths: number[] = []
  for (const row of rows)
    row.forEach((pieces, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(textOf(pieces)))
    })
  return rows.map((row) =>
    row
      .map((pieces, column) => {
        const painted = pieces.map((each) => paint(each, colours)).join('')
        const missing = (widths[column] ?? 0) - widthOf(textOf(pieces))
        return column === row.length - 1 ? painted : painted + ' '.repeat(missing + gap)
      })
      .join('')
      .trimEnd(),
  )
}
