import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { columnWidths, rowHeights } from '#renderer/ui/row-heights.ts'

const tokens = readFileSync('renderer/ui/tokens.css', 'utf8')
const others = globSync('renderer/**/*.css').filter((path) => !path.endsWith('tokens.css'))
const blockOf = (selector: string) => {
  const start = tokens.indexOf(`${selector} {`)
  return tokens.slice(start, tokens.indexOf('\n}', start))
}
const valuesIn = (block: string) =>
  new Map([...block.matchAll(/(--ag-[\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value.trim()]))
const light = valuesIn(blockOf(':root'))
const dark = new Map([...light, ...valuesIn(blockOf(':root[data-theme="dark"]'))])

/** WCAG relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

const statuses = ['healthy', 'progressing', 'paused', 'degraded', 'aborted', 'unknown', 'inconclusive']
const roles = ['stable', 'canary', 'active', 'preview']
const surfaces = ['surface-0', 'surface-1', 'surface-2', 'surface-3']

const textPairs: readonly (readonly [string, string])[] = [
  ...['ink-1', 'ink-2', 'ink-3'].flatMap((ink) => surfaces.map((surface) => [ink, surface] as const)),
  ...['ink-1', 'ink-2', 'accent-strong'].map((ink) => [ink, 'accent-soft'] as const),
  ...statuses.flatMap((status) => [
    [`st-${status}`, `st-${status}-soft`] as const,
    [`st-${status}`, 'surface-1'] as const,
    [`st-${status}`, 'surface-2'] as const,
    [`st-${status}`, 'accent-soft'] as const,
  ]),
  ...roles.map((role) => [`role-${role}-ink`, `role-${role}-soft`] as const),
  ['on-accent', 'accent-fill'],
  ['on-danger', 'danger-fill'],
  ['diff-add', 'diff-add-line'],
  ['diff-del', 'diff-del-line'],
  ['ink-1', 'diff-add-word'],
  ['ink-1', 'diff-del-word'],
]

const outlinePairs: readonly (readonly [string, string])[] = [
  ['line-control', 'surface-1'],
  ['line-control', 'surface-0'],
  ['focus', 'surface-0'],
  ['focus', 'surface-1'],
  ['focus', 'accent-soft'],
  ...roles.map((role) => [`role-${role}`, 'surface-1'] as const),
]

describe.each([
  ['light', light],
  ['dark', dark],
] as const)('the %s colours', (_theme, values) => {
  const of = (name: string) => values.get(`--ag-${name}`) ?? ''

  it.each(textPairs)('UI-A11Y-2: text %s on %s has at least 4.5:1', (ink, ground) => {
    expect(contrast(of(ink), of(ground))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(outlinePairs)('UI-A11Y-2: outline %s on %s has at least 3:1', (line, ground) => {
    expect(contrast(of(line), of(ground))).toBeGreaterThanOrEqual(3)
  })
})

describe('style sheets', () => {
  it.each(others)('section 19.1: %s holds no raw colour, size or duration', (path) => {
    const lines = readFileSync(path, 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .split('\n')
      .filter((line) => !/^\s*@(container|media)/.test(line))
    const raw = lines.filter(
      (line) =>
        /#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch)a?\(/i.test(line) ||
        /\b\d+m?s\b/.test(line) ||
        [...line.matchAll(/(-?[\d.]+)px/g)].some(([, size]) => Math.abs(Number(size)) > 2),
    )
    expect(raw).toEqual([])
  })

  it.each(others)('%s asks only for tokens there are', (path) => {
    const local = /^--ag-knock$/
    const asked = [...readFileSync(path, 'utf8').matchAll(/var\((--ag-[\w-]+)/g)].map(([, name = '']) => name)
    expect([...new Set(asked)].filter((name) => !light.has(name) && !local.test(name))).toEqual([])
  })

  it('UI-VIRT-2: row heights of virtual lists are those of the style sheet', () => {
    const px = (name: string) => Number.parseInt(light.get(name) ?? '', 10)
    const { rowHead, columnMin } = columnWidths
    expect({ ...rowHeights, rowHead, columnMin }).toEqual({
      cell: px('--ag-h-cell'),
      cellQuiet: px('--ag-h-cell-quiet'),
      group: px('--ag-h-group'),
      boardHead: px('--ag-h-board-head'),
      entry: px('--ag-h-entry'),
      day: px('--ag-h-day'),
      line: px('--ag-h-line'),
      row: px('--ag-h-row'),
      rowHead: px('--ag-w-row-head'),
      columnMin: px('--ag-w-column-min'),
    })
  })
})

describe('icons', () => {
  it('every name has a symbol and every symbol a name', () => {
    const names = [...readFileSync('renderer/ui/icon-names.ts', 'utf8').matchAll(/'([\w-]+)'/g)].map(([, name]) => name)
    const symbols = [...readFileSync('renderer/ui/icons.svg', 'utf8').matchAll(/id="i-([\w-]+)"/g)].map(([, id]) => id)
    expect(new Set(names)).toEqual(new Set(symbols))
  })
})
