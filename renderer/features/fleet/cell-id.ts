/** Element ids that `aria-activedescendant` points at. */
export const cellId = (row: number, column: number): string => `cell-${row}-${column}`
export const groupRowId = (row: number): string => `group-${row}`
