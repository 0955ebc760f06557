import { diffArrays } from 'diff'
import type { DiffLine } from '#contract/diff-views.ts'
import type { Child, Pair } from './align.ts'
import type { Leaf, Node } from './tree.ts'
import { keyText, scalarText } from './yaml-text.ts'

type Op = DiffLine['op']
interface Line {
  op: Op
  text: string
  readonly folded: boolean
}

/** Both sides as YAML, in one order of fields, each line as it is on the left, on the right or on both. */
export interface DiffText {
  readonly lines: readonly DiffLine[]
  /** The first line of a pair. */
  readonly lineOf: (pair: Pair) => number | undefined
}

export function textOfPair(root: Pair): DiffText {
  const writer = new Writer()
  writer.members(root.children ?? [], '')
  return { lines: numbered(writer.lines), lineOf: (pair) => writer.starts.get(pair) }
}

function numbered(lines: readonly Line[]): readonly DiffLine[] {
  let [left, right] = [0, 0]
  return lines.map(({ op, text, folded }) => ({
    op,
    leftNumber: op === '+' ? undefined : ++left,
    rightNumber: op === '-' ? undefined : ++right,
    text,
    folded,
  }))
}

const step = '  '

class Writer {
  readonly lines: Line[] = []
  readonly starts = new Map<Pair, number>()

  members(children: readonly Child[], indent: string): void {
    for (const { name, pair } of children) {
      this.starts.set(pair, this.lines.length)
      this.#value(pair, `${indent}${keyText(name)}:`, indent)
    }
  }

  /** `head`: the key with its colon, or the dash of an item without its space. */
  #value(pair: Pair, head: string, indent: string): void {
    const { op, left, right, byCluster } = pair
    if (pair.children !== undefined) return this.#both(pair, pair.children, head, indent)
    const [before, after] = [shown(left), shown(right)]
    if (op === '~') {
      if (before?.kind === 'leaf' && after?.kind === 'leaf') return this.#leaves(before, after, head, indent, byCluster)
      this.#one('-', before, head, indent, byCluster)
      this.#one('+', after, head, indent, byCluster)
    } else if (op === ' ') this.#one(' ', before, head, indent, byCluster)
    else this.#one(op, op === '-' ? before : after, head, indent, byCluster)
  }

  #both(pair: Pair, children: readonly Child[], head: string, indent: string): void {
    const { left, right, byCluster, reordered } = pair
    const isList = left?.kind === 'list'
    if (shown(left) === undefined && shown(right) === undefined) return
    if (this.#nothing(pair, `${head} ${isList ? '[]' : '{}'}`)) return
    this.#add(isEmpty(left) ? '+' : isEmpty(right) ? '-' : ' ', head, byCluster)
    if (reordered !== undefined) {
      this.#add('-', `${indent}${step}# order: ${reordered.left.join(', ')}`, false)
      this.#add('+', `${indent}${step}# order: ${reordered.right.join(', ')}`, false)
    }
    if (isList) for (const { pair: item } of children) this.#item(item, indent + step)
    else this.members(children, indent + step)
  }

  /** The line of a side that is written and empty. @returns whether both sides are empty */
  #nothing({ left, right, byCluster }: Pair, line: string): boolean {
    const empty = [left, right].map((side) => shown(side) !== undefined && isEmpty(side))
    const isBoth = isEmpty(left) && isEmpty(right)
    if (empty[0] === true && empty[1] === true) this.#add(' ', line, byCluster)
    else if (empty[0] === true) this.#add('-', line, byCluster || isBoth)
    else if (empty[1] === true) this.#add('+', line, byCluster || isBoth)
    return isBoth
  }

  #item(pair: Pair, indent: string): void {
    const start = this.lines.length
    this.starts.set(pair, start)
    if (pair.children !== undefined && pair.left?.kind === 'map') {
      this.members(pair.children, indent + step)
      this.#dashes(start, indent, pair)
    } else this.#value(pair, `${indent}-`, indent)
  }

  /** The first line of an item has the dash, on either side. */
  #dashes(start: number, indent: string, pair: Pair): void {
    if (this.lines.length === start) return this.#add(pair.op === '~' ? ' ' : pair.op, `${indent}- {}`, pair.byCluster)
    const dash = ({ text }: Line) => `${indent}- ${text.slice(indent.length + step.length)}`
    const [left, right] = [this.#firstWithout('+', start), this.#firstWithout('-', start)]
    const [first, second] = [this.lines[left], this.lines[right]]
    if (left !== right && (first?.op === ' ' || second?.op === ' ')) this.#split(left, right, dash)
    else for (const line of new Set([first, second])) if (line !== undefined) line.text = dash(line)
  }

  #firstWithout(op: Op, start: number): number {
    let at = start
    while (this.lines[at]?.op === op) at += 1
    return at < this.lines.length ? at : -1
  }

  /** A line that is the first on one side only is not the same on both. */
  #split(left: number, right: number, dash: (line: Line) => string): void {
    const at = Math.max(left, right)
    const line = this.lines[at]
    const first = this.lines[Math.min(left, right)]
    if (line === undefined || first === undefined) return
    first.text = dash(first)
    const dashed: Op = at === left ? '-' : '+'
    const parts = (['-', '+'] as const).map((op) => ({ ...line, op, text: op === dashed ? dash(line) : line.text }))
    this.lines.splice(at, 1, ...parts)
  }

  #one(op: Op, node: Node | undefined, head: string, indent: string, folded: boolean): void {
    if (node === undefined) return
    if (node.kind === 'leaf') return this.#leaf(op, node, head, indent, folded)
    const children: readonly (readonly [string, Node])[] =
      node.kind === 'map' ? [...node.members] : node.items.map((item) => ['', item] as const)
    const visible = children.flatMap(([name, each]) => {
      const there = shown(each)
      return there === undefined ? [] : [[name, there] as const]
    })
    if (visible.length === 0) return this.#add(op, `${head} ${node.kind === 'map' ? '{}' : '[]'}`, folded)
    this.#add(op, head, folded)
    const inner = indent + step
    for (const [name, each] of visible) {
      const isFolded = folded || each.byCluster
      if (node.kind === 'map') this.#one(op, each, `${inner}${keyText(name)}:`, inner, isFolded)
      else this.#oneItem(op, each, inner, isFolded)
    }
  }

  #oneItem(op: Op, node: Node, indent: string, folded: boolean): void {
    if (node.kind !== 'map') return this.#one(op, node, `${indent}-`, indent, folded)
    const start = this.lines.length
    for (const [name, each] of node.members)
      this.#one(op, shown(each), `${indent}${step}${keyText(name)}:`, indent + step, folded || each.byCluster)
    const first = this.lines[start]
    if (first === undefined) this.#add(op, `${indent}- {}`, folded)
    else first.text = `${indent}- ${first.text.slice(indent.length + step.length)}`
  }

  #leaf(op: Op, { value, usual }: Leaf, head: string, indent: string, byCluster: boolean): void {
    const folded = byCluster || (op === ' ' && usual)
    const rows = blockOf(value)
    if (rows === undefined) return this.#add(op, `${head} ${scalarText(value)}`, folded)
    this.#add(op, `${head} ${rows.head}`, folded)
    for (const row of rows.rows) this.#add(op, row === '' ? '' : `${indent}${step}${row}`, folded)
  }

  /** Texts of several lines line by line. */
  #leaves(left: Leaf, right: Leaf, head: string, indent: string, folded: boolean): void {
    const [before, after] = [blockOf(left.value), blockOf(right.value)]
    if (before === undefined || after === undefined || before.head !== after.head) {
      this.#leaf('-', left, head, indent, folded)
      this.#leaf('+', right, head, indent, folded)
      return
    }
    this.#add(' ', `${head} ${before.head}`, folded)
    const runs = diffArrays([...before.rows], [...after.rows], { maxEditLength: 2000 }) ?? [
      { removed: true, added: false, value: [...before.rows] },
      { removed: false, added: true, value: [...after.rows] },
    ]
    for (const { removed, added, value } of runs)
      for (const row of value)
        this.#add(removed ? '-' : added ? '+' : ' ', row === '' ? '' : `${indent}${step}${row}`, folded)
  }

  #add(op: Op, text: string, folded: boolean): void {
    this.lines.push({ op, text, folded })
  }
}

/** What is written; what is only assumed does not show. */
const shown = (node: Node | undefined): Node | undefined => (node?.filled === true ? undefined : node)

const isEmpty = (node: Node | undefined): boolean =>
  node === undefined ||
  node.kind === 'leaf' ||
  (node.kind === 'list' ? node.items.length === 0 : [...node.members.values()].every((each) => each.filled))

/** A text of several lines as a block of YAML: its mark and its rows. */
function blockOf(value: Leaf['value']): { readonly head: string; readonly rows: readonly string[] } | undefined {
  if (
    typeof value !== 'string' ||
    !/^[^\s].*\n/.test(value) ||
    /[^\t\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe]/.test(value)
  )
    return undefined
  const body = value.replace(/\n+$/, '')
  const ends = value.length - body.length
  const head = ends === 0 ? '|-' : ends === 1 ? '|' : '|+'
  return { head, rows: (ends > 1 ? value.slice(0, -1) : body).split('\n') }
}
