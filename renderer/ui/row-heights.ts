/** Heights in px of rows in virtual lists; the same numbers stand in tokens.css, and a test compares them (UI-VIRT-2). */
export const rowHeights = {
  cell: 44,
  cellQuiet: 30,
  group: 25,
  boardHead: 42,
  entry: 47,
  day: 24,
  line: 19,
  row: 24,
} as const

/** Widths in px that virtual columns are computed from; below `narrow` a column leaves out its lesser marks. */
export const columnWidths = { rowHead: 146, columnMin: 96, narrow: 124 } as const
