import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { DiffLine } from '#contract/diff-views.ts'
import { compareSides } from '#main/diff/compare.ts'
import { printsWith } from '#main/history/secret-prints.ts'
import { inOtherWords, knownPair } from '#test/support/diff-pairs.ts'
import { seeded } from '#test/support/seeded.ts'

const prints = printsWith({ file: 'file key', session: 'session key' })
const seeds = Array.from({ length: 500 }, (_, seed) => seed)

interface Manifest {
  readonly metadata: Record<string, unknown>
  readonly spec: Record<string, unknown>
}

const side = ({ metadata, spec }: Manifest) => ({
  title: 'web',
  revision: undefined,
  version: undefined,
  capturedAt: undefined,
  manifest: { kind: 'rollout' as const, metadata, spec },
})

const compare = (left: Manifest, right: Manifest) => compareSides(side(left), side(right), prints)

const sorted = (edits: readonly { readonly group: string; readonly op: string; readonly at: string }[]) =>
  edits.map(({ group, op, at }) => `${group} ${op} ${at}`).toSorted()

const yamlOf = (lines: readonly DiffLine[], without: DiffLine['op']): unknown =>
  parse(
    lines
      .filter(({ op }) => op !== without)
      .map(({ text }) => text)
      .join('\n'),
  )

describe('500 generated pairs (UI-DIFF-1)', () => {
  it('tell exactly the known edits, whatever else was written in other words', () => {
    const wrong = seeds.flatMap((seed) => {
      const { left, right, edits } = knownPair(seed)
      const [told, expected] = [sorted(compare(left, right).summary), sorted(edits)]
      return told.join() === expected.join() ? [] : [{ seed, told, expected }]
    })
    expect(wrong).toEqual([])
  })

  it('tell the same edits backwards', () => {
    const turned = { '+': '-', '-': '+', '~': '~' } as const
    const wrong = seeds.slice(0, 100).flatMap((seed) => {
      const { left, right, edits } = knownPair(seed)
      const told = compare(right, left).summary.filter(({ op }) => op !== '~').length
      const expected = edits.filter(({ op }) => turned[op] !== '~').length
      return told === expected ? [] : [{ seed, told, expected }]
    })
    expect(wrong).toEqual([])
  })

  it('UI-DIFF-4: units, order, defaults, null and empty values are no difference, neither in meaning nor in the text', () => {
    for (const seed of seeds) {
      const { left } = knownPair(seed)
      const { summary, lines } = compare(left, inOtherWords(left, seeded(seed + 1000)))
      expect({ seed, summary }).toEqual({ seed, summary: [] })
      expect({ seed, lines: lines.filter(({ op, folded }) => op !== ' ' && !folded) }).toEqual({ seed, lines: [] })
    }
  })

  it('a line of the summary knows its line of the text', () => {
    for (const seed of seeds.slice(0, 100)) {
      const { left, right } = knownPair(seed)
      const { summary, lines } = compare(left, right)
      for (const { line, at } of summary) {
        expect({ seed, at, line: line === undefined ? undefined : lines[line] }).not.toMatchObject({ line: undefined })
      }
    }
  })

  it('both sides of the text are YAML, and the left one says what was compared', () => {
    for (const seed of seeds.slice(0, 100)) {
      const { left, right } = knownPair(seed)
      const { lines } = compare(left, right)
      expect(yamlOf(lines, '+')).toEqual(left)
      expect(yamlOf(lines, '-')).toMatchObject({ spec: { replicas: right.spec.replicas } })
    }
  })
})
