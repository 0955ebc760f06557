import { diffArrays } from 'diff'
import { stringify } from 'yaml'
import type { PodTemplateSpec } from '#api/core.ts'
import type { DiffLine } from '#contract/views.ts'
import { differsByNature, isRecord, isSetByCluster } from './template-leaves.ts'

/** Beyond this many differing lines the middles are simply shown one after the other; finding the shortest script would take seconds. */
const editsMax = 2000

type Op = DiffLine['op']
type Edit = readonly [op: Op, text: string]

/** Both templates as YAML, in one order of fields whatever order they came in, line by line. */
export const diffTemplateLines = (left: PodTemplateSpec, right: PodTemplateSpec): readonly DiffLine[] =>
  numbered(edits(yamlLines(left), yamlLines(right)))

const yamlLines = (template: PodTemplateSpec): readonly string[] =>
  stringify(inOrder(template), { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd().split('\n')

const first: readonly string[] = ['name', 'image', 'command', 'args', 'metadata', 'spec']

/** Built-in kinds keep their fields in declared order, custom resources by name: neither is kept. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (!isRecord(value)) return value
  const names = Object.keys(value).filter((name) => value[name] !== undefined)
  const place = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length)
  names.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
  return Object.fromEntries(names.map((name) => [name, inOrder(value[name])]))
}

function edits(left: readonly string[], right: readonly string[]): readonly Edit[] {
  let start = 0
  while (start < left.length && left[start] === right[start]) start += 1
  let end = 0
  const shortest = Math.min(left.length, right.length) - start
  while (end < shortest && left.at(-1 - end) === right.at(-1 - end)) end += 1
  return [
    ...all(' ', left.slice(0, start)),
    ...middleEdits(left.slice(start, left.length - end), right.slice(start, right.length - end)),
    ...all(' ', left.slice(left.length - end)),
  ]
}

const all = (op: Op, lines: readonly string[]): readonly Edit[] => lines.map((text) => [op, text])

function middleEdits(left: readonly string[], right: readonly string[]): readonly Edit[] {
  const changes = diffArrays([...left], [...right], { maxEditLength: editsMax })
  if (changes === undefined) return [...all('-', left), ...all('+', right)]
  return changes.flatMap(({ added, removed, value }) => all(added ? '+' : removed ? '-' : ' ', value))
}

function numbered(lines: readonly Edit[]): readonly DiffLine[] {
  let [leftNumber, rightNumber] = [0, 0]
  const folded = foldedLines(lines)
  return lines.map(([op, text], index) => ({
    op,
    leftNumber: op === '+' ? undefined : ++leftNumber,
    rightNumber: op === '-' ? undefined : ++rightNumber,
    text,
    folded: folded.has(index),
  }))
}

/**
 * Lines that a cluster sets by itself (UI-DIFF-4). A changed line counts only when the other side has nothing there: a default
 * that became something else is a change like any other.
 */
function foldedLines(lines: readonly Edit[]): ReadonlySet<number> {
  const folded = new Set<number>()
  for (let at = 0; at < lines.length; ) {
    const end = hunkEnd(lines, at)
    const hunk = lines.slice(at, end)
    hunk.forEach(([op, text], index) => {
      const field = fieldOn(text)
      if (field === undefined || !isSetByCluster(field.name, field.value)) return
      const changed = op !== ' ' && hunk.some(([other, each]) => other !== op && fieldOn(each)?.name === field.name)
      if (!changed || differsByNature(field.name)) folded.add(at + index)
    })
    at = end
  }
  return folded
}

/** The end of a run of changed lines, or of one unchanged line. */
function hunkEnd(lines: readonly Edit[], start: number): number {
  let end = start
  while (end < lines.length && lines[end]?.[0] !== ' ') end += 1
  return Math.max(end, start + 1)
}

function fieldOn(text: string): { readonly name: string; readonly value: string } | undefined {
  const [, name, value] = /^[\s-]*([\w./-]+): (.+)$/.exec(text) ?? []
  return name === undefined || value === undefined ? undefined : { name, value }
}
