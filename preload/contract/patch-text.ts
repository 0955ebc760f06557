import type { DiffLine, DiffView } from './diff-views.ts'

const context = 3

/**
 * The comparison as a unified patch of the left text. What only the cluster wrote is no part of it: its lines on the left stay, those on
 * the right do not come.
 */
export function patchText({ left, right, lines }: Pick<DiffView, 'left' | 'right' | 'lines'>): string {
  const kept = lines.flatMap((line): readonly DiffLine[] => {
    if (!line.folded || line.op === ' ') return [line]
    return line.op === '-' ? [{ ...line, op: ' ' }] : []
  })
  const hunks = hunksOf(kept).map(([from, to]) => hunkText(kept, from, to))
  return hunks.length === 0 ? '' : [`--- ${left.title}`, `+++ ${right.title}`, ...hunks, ''].join('\n')
}

/** Changes with what is around them; those that touch are one. */
function hunksOf(lines: readonly DiffLine[]): readonly (readonly [from: number, to: number])[] {
  const hunks: [number, number][] = []
  lines.forEach(({ op }, at) => {
    if (op === ' ') return
    const [from, to] = [Math.max(0, at - context), Math.min(lines.length, at + context + 1)]
    const last = hunks.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = to
    else hunks.push([from, to])
  })
  return hunks
}

function hunkText(lines: readonly DiffLine[], from: number, to: number): string {
  const before = lines.slice(0, from)
  const own = lines.slice(from, to)
  const count = (all: readonly DiffLine[], without: '+' | '-') => all.filter(({ op }) => op !== without).length
  const range = (without: '+' | '-') => {
    const length = count(own, without)
    return `${count(before, without) + (length === 0 ? 0 : 1)},${length}`
  }
  return [`@@ -${range('+')} +${range('-')} @@`, ...own.map(({ op, text }) => `${op}${text}`)].join('\n')
}
