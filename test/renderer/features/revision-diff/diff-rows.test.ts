import { describe, expect, it } from 'vitest'
import type { DiffLine } from '#contract/diff-views.ts'
import { patchText } from '#contract/patch-text.ts'
import {
  changeStarts,
  diffRows,
  findLines,
  overviewMarks,
  rowOfLine,
} from '#renderer/features/revision-diff/diff-rows.ts'
import { largeDiff } from '#test/support/fixture-diff.ts'

/** Lines from `op` and text; `~` folded, `<` folded and only on the left, `>` folded and only on the right. */
function linesOf(...texts: readonly string[]): readonly DiffLine[] {
  let [left, right] = [0, 0]
  return texts.map((each) => {
    const sign = each[0] ?? ' '
    const op = sign === '<' ? '-' : sign === '>' ? '+' : sign === '-' || sign === '+' ? sign : ' '
    const [leftNumber, rightNumber] = [op === '+' ? undefined : ++left, op === '-' ? undefined : ++right]
    return { op, leftNumber, rightNumber, text: each.slice(1), folded: '~<>'.includes(sign) }
  })
}

const none = { layout: 'sideBySide', unfolded: new Set<number>(), wanted: new Set<number>() } as const
const same = (count: number, from = 0) => Array.from({ length: count }, (_, at) => ` k${from + at}: 1`)

describe('rows', () => {
  it('a fold tells the outermost fields that it holds', () => {
    const lines = linesOf(
      ' metadata:',
      '   name: a',
      ' spec:',
      '   replicas: 1',
      '   paused: x',
      ...same(3),
      '-a: 1',
      '+a: 2',
    )
    const [fold] = diffRows(lines, none)
    expect(fold).toMatchObject({ kind: 'fold', count: 5, names: ['metadata', 'spec'] })
  })

  it('side by side a removal stands beside an addition, inline one follows the other', () => {
    const lines = linesOf('-a: 1', '+a: 2', '+b: 3')
    expect(diffRows(lines, none)).toHaveLength(2)
    expect(diffRows(lines, { ...none, layout: 'inline' })).toHaveLength(3)
  })

  it('what was searched for is seen inside a fold, the rest stays folded', () => {
    const lines = linesOf(...same(20), '-a: 1')
    const found = findLines(lines, 'K5:')
    expect(found).toEqual([5])
    const rows = diffRows(lines, { ...none, wanted: new Set(found) })
    const row = rows[rowOfLine(rows, 5)]
    expect(row).toMatchObject({ kind: 'pair', left: { text: 'k5: 1' } })
    expect(rows.filter(({ kind }) => kind === 'fold')).toHaveLength(2)
  })

  it('UI-VIRT-8: 50,000 lines open folded, with a mark for each change', () => {
    const { lines } = largeDiff(25_000)
    expect(lines.length).toBeGreaterThan(50_000)
    const rows = diffRows(lines, none)
    expect(rows.length).toBeLessThan(6000)
    expect(changeStarts(rows)).toHaveLength(500)
    expect(overviewMarks(rows).length).toBeLessThanOrEqual(200)
    expect(diffRows(lines, { ...none, unfolded: 'all' }).length).toBe(50_000)
  })
})

describe('patch', () => {
  const side = { title: 'A', revision: undefined, version: undefined, capturedAt: undefined }
  const patch = (lines: readonly DiffLine[]) => patchText({ left: side, right: { ...side, title: 'B' }, lines })

  it('is a unified patch of the left text; what the cluster wrote is no part of it', () => {
    const lines = linesOf(...same(5), '-a: 1', '+a: 2', '>uid: 7', '<hash: 8', ...same(20, 5), '+z: 1')
    expect(patch(lines).split('\n')).toEqual([
      '--- A',
      '+++ B',
      '@@ -3,7 +3,7 @@',
      ' k2: 1',
      ' k3: 1',
      ' k4: 1',
      '-a: 1',
      '+a: 2',
      ' hash: 8',
      ' k5: 1',
      ' k6: 1',
      '@@ -25,3 +25,4 @@',
      ' k22: 1',
      ' k23: 1',
      ' k24: 1',
      '+z: 1',
      '',
    ])
  })

  it('of what means the same there is none', () => {
    expect(patch(linesOf(...same(5), '>uid: 7'))).toBe('')
  })
})
