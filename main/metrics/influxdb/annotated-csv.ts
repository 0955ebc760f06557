import type { Value } from '#engine/expr/values.ts'
import { parseCell } from './cell.ts'
import { csvRecords } from './csv.ts'

interface Column {
  readonly name: string
  readonly datatype: string
  /** Stands for an empty cell. */
  readonly otherwise: string
}

/** More than any condition can look at. */
export const rowsMax = 100_000

/**
 * The column `_value` of every row of every table of an InfluxDB answer, in order (PRV-1103). Annotation rows begin a table, a row
 * of names follows, then data. What is wrong ends the reading without a word; the rows before it count. So does a row too many.
 */
export function valuesIn(text: string): readonly Value[] {
  const values: Value[] = []
  const reader = new TableReader()
  for (const record of csvRecords(text)) {
    if (record.length <= 1) continue
    const step = reader.read(record)
    if (step === 'wrong') return values
    if (step !== undefined && values.push(step.value) > rowsMax) return values
  }
  return values
}

class TableReader {
  #columns: readonly Column[] | undefined
  #isAnnotated = false
  /** Between annotations and data, which are told apart by the row of names in between. */
  #awaitsNames = false

  read([first = '', ...cells]: readonly string[]): { readonly value: Value } | 'wrong' | undefined {
    if (first.startsWith('#') && !this.#awaitsNames) this.#begin(cells.length)
    if (cells.length !== this.#columns?.length) return 'wrong'
    if (first.startsWith('#')) return this.#annotate(first, cells)
    if (first !== '') return 'wrong'
    return this.#awaitsNames ? this.#name(cells) : this.#value(cells)
  }

  #begin(columns: number): void {
    this.#columns = Array.from({ length: columns }, () => ({ name: '', datatype: '', otherwise: '' }))
    this.#isAnnotated = false
    this.#awaitsNames = true
  }

  #annotate(annotation: string, cells: readonly string[]): undefined {
    const member = annotation === '#datatype' ? 'datatype' : annotation === '#default' ? 'otherwise' : undefined
    if (annotation === '#datatype') this.#isAnnotated = true
    if (member !== undefined) this.#set(member, cells)
  }

  #set(member: keyof Column, cells: readonly string[]): void {
    this.#columns = this.#columns?.map((column, at) => ({ ...column, [member]: cells[at] ?? '' }))
  }

  /** A table named error tells why the query failed; the reference does not look at it. */
  #name(cells: readonly string[]): 'wrong' | undefined {
    if (!this.#isAnnotated || cells[0] === 'error') return 'wrong'
    this.#awaitsNames = false
    this.#set('name', cells)
    return undefined
  }

  /** Every cell has to be readable, whatever its column. */
  #value(cells: readonly string[]): { readonly value: Value } | 'wrong' {
    let value: Value = null
    for (const [at, { name, datatype, otherwise }] of (this.#columns ?? []).entries()) {
      const cell = parseCell(cells[at] || otherwise, datatype)
      if (!cell.ok) return 'wrong'
      if (name === '_value') value = cell.value
    }
    return { value }
  }
}
