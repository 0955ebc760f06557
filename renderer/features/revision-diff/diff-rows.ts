import type { DiffLine } from '#contract/views.ts'

/** One row of the side-by-side text. A fold stands for a run of lines nobody needs to read at first. */
export type DiffRow =
  | {
      readonly kind: 'pair'
      readonly left: DiffLine | undefined
      readonly right: DiffLine | undefined
      readonly change: boolean
    }
  | { readonly kind: 'fold'; readonly start: number; readonly count: number; readonly byCluster: boolean }

/** Unchanged lines kept around each change. */
const context = 3
const shortestFold = 4

/** Lines → rows: removals beside additions, long unchanged runs and cluster-set fields folded (UI-DIFF-4). */
export function diffRows(lines: readonly DiffLine[], unfolded: ReadonlySet<number>): readonly DiffRow[] {
  const keep = nearChanges(lines)
  const rows: DiffRow[] = []
  for (let at = 0; at < lines.length; ) {
    const end = runEnd(lines, at, (line, index) => hidden(line, keep[index] === true))
    if (end - at >= (lines[at]?.folded ? 1 : shortestFold) && !unfolded.has(at)) {
      rows.push({
        kind: 'fold',
        start: at,
        count: end - at,
        byCluster: lines.slice(at, end).some((line) => line.folded),
      })
      at = end
      continue
    }
    const stop = end > at ? end : changeEnd(lines, at)
    rows.push(...pairs(lines.slice(at, stop)))
    at = stop
  }
  return rows
}

const hidden = (line: DiffLine, near: boolean): boolean => line.folded || (line.op === ' ' && !near)

function nearChanges(lines: readonly DiffLine[]): readonly boolean[] {
  const near = lines.map(() => false)
  lines.forEach((line, index) => {
    if (line.op === ' ' || line.folded) return
    for (let at = Math.max(0, index - context); at <= Math.min(lines.length - 1, index + context); at += 1)
      near[at] = true
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

function pairs(lines: readonly DiffLine[]): readonly DiffRow[] {
  const rows: DiffRow[] = []
  const removed: DiffLine[] = []
  const added: DiffLine[] = []
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
      rows.push({ kind: 'pair', left: removed[at], right: added[at], change: true })
    }
    removed.length = 0
    added.length = 0
  }
  for (const line of lines) {
    if (line.op === '-') removed.push(line)
    else if (line.op === '+') added.push(line)
    else {
      flush()
      rows.push({ kind: 'pair', left: line, right: line, change: false })
    }
  }
  flush()
  return rows
}

/** Row numbers at which a run of changes begins, for `J` and `K`. */
export const changeStarts = (rows: readonly DiffRow[]): readonly number[] =>
  rows.flatMap((row, index) => {
    const before = rows[index - 1]
    const isChange = row.kind === 'pair' && row.change
    return isChange && !(before?.kind === 'pair' && before.change) ? [index] : []
  })

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
