import type { DiffLine } from '#contract/diff-views.ts'

/** One row of the text. A fold stands for a run of lines nobody needs to read at first. */
export type DiffRow =
  /** `at`: its first line. Both sides, or one line of the two that the text inline has. */
  | {
      readonly kind: 'pair'
      readonly at: number
      readonly left: DiffLine | undefined
      readonly right: DiffLine | undefined
      readonly change: boolean
    }
  | Fold

export interface Fold {
  readonly kind: 'fold'
  readonly start: number
  readonly count: number
  readonly byCluster: boolean
  /** The fields that it holds, the outermost ones. */
  readonly names: readonly string[]
}

export type Layout = 'sideBySide' | 'inline'

interface Shown {
  readonly layout: Layout
  /** Starts of folds that are open; `all`: none is closed. */
  readonly unfolded: ReadonlySet<number> | 'all'
  /** Lines that are to be seen wherever they are. */
  readonly wanted: ReadonlySet<number>
}

/** Unchanged lines kept around each change. */
const context = 3
const shortestFold = 4

/** Lines → rows: removals beside additions, long unchanged runs and cluster-set fields folded (UI-DIFF-4). */
export function diffRows(lines: readonly DiffLine[], { layout, unfolded, wanted }: Shown): readonly DiffRow[] {
  const keep = nearChanges(lines)
  for (const at of wanted) keep[at] = 2
  const isHidden = (line: DiffLine, at: number) =>
    keep[at] !== 2 && (line.folded || (line.op === ' ' && keep[at] === 0))
  const rows: DiffRow[] = []
  for (let at = 0; at < lines.length; ) {
    const end = runEnd(lines, at, isHidden)
    if (end - at >= (lines[at]?.folded ? 1 : shortestFold) && unfolded !== 'all' && !unfolded.has(at)) {
      rows.push(foldOf(lines, at, end))
      at = end
      continue
    }
    const stop = end > at ? end : changeEnd(lines, at)
    pushPairs(rows, lines, at, stop, layout)
    at = stop
  }
  return rows
}

function foldOf(lines: readonly DiffLine[], start: number, end: number): Fold {
  let byCluster = false
  let least = Number.POSITIVE_INFINITY
  let names: string[] = []
  for (let at = start; at < end; at += 1) {
    const line = lines[at]
    if (line === undefined) break
    byCluster ||= line.folded
    const [, indent = '', name] = /^([\s-]*)([\w./-]+):/.exec(line.text) ?? []
    if (name === undefined || indent.length > least) continue
    if (indent.length < least) names = []
    least = indent.length
    if (names.length < namesMax + 1 && !names.includes(name)) names.push(name)
  }
  return { kind: 'fold', start, count: end - start, byCluster, names: names.slice(0, namesMax) }
}

const namesMax = 4

/** 1: near a change, 0: not. */
function nearChanges(lines: readonly DiffLine[]): Uint8Array {
  const near = new Uint8Array(lines.length)
  lines.forEach((line, index) => {
    if (line.op !== ' ' && !line.folded) near.fill(1, Math.max(0, index - context), index + context + 1)
  })
  return near
}

function runEnd(lines: readonly DiffLine[], start: number, holds: (line: DiffLine, index: number) => boolean): number {
  let end = start
  for (let line = lines[end]; line !== undefined && holds(line, end); line = lines[end]) end += 1
  return end
}

/** The end of a run of changed lines, or one unchanged line. */
function changeEnd(lines: readonly DiffLine[], start: number): number {
  const end = runEnd(lines, start, (line) => line.op !== ' ' && !line.folded)
  return end > start ? end : start + 1
}

function pushPairs(rows: DiffRow[], lines: readonly DiffLine[], start: number, end: number, layout: Layout): void {
  const removed: number[] = []
  const added: number[] = []
  const flush = () => {
    if (layout === 'inline') pushInline(rows, lines, removed, added)
    else pushBeside(rows, lines, removed, added)
    removed.length = 0
    added.length = 0
  }
  for (let at = start; at < end; at += 1) {
    const line = lines[at]
    if (line === undefined) break
    if (line.op === '-') removed.push(at)
    else if (line.op === '+') added.push(at)
    else {
      flush()
      rows.push({ kind: 'pair', at, left: line, right: line, change: false })
    }
  }
  flush()
}

function pushBeside(
  rows: DiffRow[],
  lines: readonly DiffLine[],
  removed: readonly number[],
  added: readonly number[],
): void {
  for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
    const [left, right] = [removed[at], added[at]]
    rows.push({
      kind: 'pair',
      at: left ?? right ?? 0,
      left: left === undefined ? undefined : lines[left],
      right: right === undefined ? undefined : lines[right],
      change: true,
    })
  }
}

function pushInline(
  rows: DiffRow[],
  lines: readonly DiffLine[],
  removed: readonly number[],
  added: readonly number[],
): void {
  for (const at of removed) rows.push({ kind: 'pair', at, left: lines[at], right: undefined, change: true })
  for (const at of added) rows.push({ kind: 'pair', at, left: undefined, right: lines[at], change: true })
}

/** Row numbers at which a run of changes begins, for `J` and `K`. */
export const changeStarts = (rows: readonly DiffRow[]): readonly number[] =>
  rows.flatMap((row, index) => {
    const before = rows[index - 1]
    const isChange = row.kind === 'pair' && row.change
    return isChange && !(before?.kind === 'pair' && before.change) ? [index] : []
  })

/** The row that shows a line, or the fold that holds it. */
export function rowOfLine(rows: readonly DiffRow[], line: number): number {
  const after = rows.findIndex((row) => (row.kind === 'fold' ? row.start : row.at) > line)
  return Math.max(0, (after < 0 ? rows.length : after) - 1)
}

export interface Mark {
  /** 0…1 of the whole text. */
  readonly top: number
  readonly height: number
  readonly op: '+' | '-' | '~'
  readonly row: number
}

/** Where the changes are in the whole text; what would overlap is one mark. */
export function overviewMarks(rows: readonly DiffRow[]): readonly Mark[] {
  const marks: Mark[] = []
  const least = 1 / 200
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at]
    if (row?.kind !== 'pair' || !row.change) continue
    const op = row.left === undefined ? '+' : row.right === undefined ? '-' : '~'
    const top = at / rows.length
    const last = marks.at(-1)
    if (last !== undefined && top <= last.top + last.height) {
      const mixed = last.op === op ? op : '~'
      marks[marks.length - 1] = { ...last, height: Math.max(least, (at + 1) / rows.length - last.top), op: mixed }
    } else marks.push({ top, height: Math.max(least, 1 / rows.length), op, row: at })
  }
  return marks
}

export interface Word {
  readonly text: string
  readonly changed: boolean
}

/** What differs between two lines, word by word: the part between their common start and common end. */
export function markWords(text: string, other: string | undefined): readonly Word[] {
  if (other === undefined || other === text) return [{ text, changed: false }]
  const [own, theirs] = [splitWords(text), splitWords(other)]
  let start = 0
  while (start < own.length && own[start] === theirs[start]) start += 1
  let end = 0
  while (end < own.length - start && end < theirs.length - start && own.at(-1 - end) === theirs.at(-1 - end)) end += 1
  const parts = [
    { text: own.slice(0, start).join(''), changed: false },
    { text: own.slice(start, own.length - end).join(''), changed: true },
    { text: own.slice(own.length - end).join(''), changed: false },
  ]
  return parts.filter((part) => part.text !== '')
}

/** Words keep their dots and dashes, so that a version is marked whole. */
const splitWords = (text: string): readonly string[] => text.match(/[\p{L}\p{N}._-]+|./gu) ?? []

/** The lines that hold a text, upper and lower case alike. */
export function findLines(lines: readonly DiffLine[], wanted: string): readonly number[] {
  const sought = wanted.trim().toLowerCase()
  if (sought === '') return []
  return lines.flatMap(({ text }, at) => (text.toLowerCase().includes(sought) ? [at] : []))
}
