import { meaningOf, textOf } from './align.ts'
import { wordsOf } from './change-words.ts'
import { labelOf, type Part, pathText, units } from './paths.ts'
import type { Node } from './tree.ts'

/** One field of a manifest, as people think of it: a variable, a probe, an amount. */
export interface FieldValue {
  readonly path: readonly Part[]
  /** Equal for values that mean the same. */
  readonly same: string
  /** Nobody wrote it. */
  readonly filled: boolean
  readonly node: Node
}

/** All fields by their whole path, also those that are only assumed; not what the cluster writes by itself. */
export function fieldsOf(root: Node): ReadonlyMap<string, FieldValue> {
  const found = new Map<string, FieldValue>()
  walk(root, [], '', found)
  return found
}

function walk(node: Node, path: readonly Part[], at: string, found: Map<string, FieldValue>): void {
  if (node.byCluster) return
  const isUnit = node.kind === 'leaf' || (node.kind === 'map' && node.type !== undefined && isTold(node.type))
  if (isUnit || (node.kind === 'list' && node.rule.by !== 'keys') || sizeOf(node) === 0) {
    found.set(at, { path, same: meaningOf(node), filled: node.filled, node })
    return
  }
  const children: readonly (readonly [string, Node])[] =
    node.kind === 'map' ? [...node.members] : node.items.map((item) => [keyOf(node.rule, item), item] as const)
  for (const [name, each] of children) {
    const part = { name, isItem: node.kind === 'list' }
    walk(each, [...path, part], pathText([{ name: at, isItem: false }, part]).replace(/^\./, ''), found)
  }
}

/** Containers are looked into: a cluster has another image, not another container. */
const isTold = (type: string): boolean =>
  units.has(type) && type !== 'Container' && type !== 'Volume' && type !== 'Probe'

const sizeOf = (node: Node): number =>
  node.kind === 'map' ? node.members.size : node.kind === 'list' ? node.items.length : 1

const keyOf = (rule: (Node & { kind: 'list' })['rule'], item: Node): string =>
  rule.by === 'keys' ? rule.keys.map((key) => textOf(item, key)).join('/') : ''

/** As short as it can be said. */
export const fieldLabel = ({ path }: FieldValue, several: boolean): string => labelOf(path, several)

export const fieldText = ({ node }: FieldValue): string => wordsOf(node) ?? ''
