import { diffArrays } from 'diff'
import { remembered } from '#lib/remembered.ts'
import type { Leaf, ListNode, MapNode, Node } from './tree.ts'

/**
 * Two values laid beside each other. ` `: they mean the same; `~`: something inside differs. `byCluster`: what differs here comes from the
 * cluster and not from people (UI-DIFF-4). A side that is only assumed is there all the same, so that what replaces a default is a change.
 */
export interface Pair {
  readonly op: ' ' | '+' | '-' | '~'
  readonly left: Node | undefined
  readonly right: Node | undefined
  readonly byCluster: boolean
  /** Of maps and lists with something on both sides. */
  readonly children?: readonly Child[]
  /** Items in another order, where the order counts. */
  readonly reordered?: { readonly left: readonly string[]; readonly right: readonly string[] }
}

export interface Child {
  /** The member, or what names the item. */
  readonly name: string
  readonly pair: Pair
}

/** Beyond this many edits two ordered lists are simply shown one after the other; the shortest script would take seconds. */
const editsMax = 2000

/** At least one side is there. */
export function align(left: Node | undefined, right: Node | undefined): Pair {
  if (left === undefined) return oneSided('+', left, right)
  if (right === undefined) return oneSided('-', left, right)
  if (left.kind === 'map' && right.kind === 'map') return alignMaps(left, right)
  if (left.kind === 'list' && right.kind === 'list') return alignLists(left, right)
  return alignValues(left, right)
}

/** At least one of them is a single value. */
function alignValues(left: Node, right: Node): Pair {
  if (left.filled && right.filled) return { op: ' ', left, right, byCluster: true }
  const isSame = left.kind === 'leaf' && right.kind === 'leaf' && left.same === right.same
  const byCluster = left.byCluster || right.byCluster
  if (!isSame) return { op: '~', left, right, byCluster }
  if (left.filled !== right.filled) return oneSided(left.filled ? '+' : '-', left, right)
  return { op: ' ', left, right, byCluster: byCluster || (left as Leaf).usual }
}

/** The side that is there, or written; a value that only repeats what is assumed anyway is the cluster's. */
const oneSided = (op: '+' | '-', left: Node | undefined, right: Node | undefined): Pair => {
  const there = op === '+' ? right : left
  return {
    op,
    left,
    right,
    byCluster: there?.byCluster === true || there?.filled === true || (left && right) !== undefined,
  }
}

function alignMaps(left: MapNode, right: MapNode): Pair {
  const names = left.type === undefined ? merged(left, right) : [...left.members.keys()]
  const known = new Set(names)
  const all = [...names, ...[...right.members.keys()].filter((name) => !known.has(name))]
  return whole(
    left,
    right,
    all.map((name) => ({ name, pair: align(left.members.get(name), right.members.get(name)) })),
  )
}

/** Names that people chose stay in the order of the alphabet. */
const merged = (left: MapNode, right: MapNode): readonly string[] =>
  [...new Set([...left.members.keys(), ...right.members.keys()])].toSorted()

function whole(left: Node, right: Node, children: readonly Child[], reordered?: Pair['reordered']): Pair {
  const differs = reordered !== undefined || children.some(({ pair }) => pair.op !== ' ' && !pair.byCluster)
  const byCluster = left.byCluster || right.byCluster
  return { op: differs ? '~' : ' ', left, right, byCluster, children, ...(reordered !== undefined && { reordered }) }
}

function alignLists(left: ListNode, right: ListNode): Pair {
  const rule = left.items.length > 0 ? left.rule : right.rule
  if (rule.by === 'set') return whole(left, right, alignSets(left.items, right.items))
  if (rule.by === 'keys') {
    const [before, after] = [byKeys(left, rule.keys), byKeys(right, rule.keys)]
    if (before !== undefined && after !== undefined) {
      const common = (own: ReadonlyMap<string, Node>, other: ReadonlyMap<string, Node>) =>
        [...own.keys()].filter((key) => other.has(key))
      const orders = { left: common(before, after), right: common(after, before) }
      const counts =
        rule.orderCounts === 'always'
          ? orders.left.join() !== orders.right.join()
          : rule.orderCounts === 'references' && seesOther(before, after, orders)
      return whole(left, right, inBothOrders(before, after), counts ? orders : undefined)
    }
  }
  return whole(left, right, alignInOrder(left.items, right.items))
}

/** `undefined` where two items have one name: then the list is no list of names. */
function byKeys({ items }: ListNode, keys: readonly string[]): ReadonlyMap<string, Node> | undefined {
  const named = new Map<string, Node>()
  for (const item of items) {
    const name = keys.map((key) => textOf(item, key)).join('/')
    if (named.has(name)) return undefined
    named.set(name, item)
  }
  return named
}

/** The text of a member, empty where there is none. */
export function textOf(node: Node | undefined, member: string): string {
  const found = node?.kind === 'map' ? node.members.get(member) : undefined
  return found?.kind === 'leaf' ? String(found.value) : ''
}

/** The items of the left in their order, those of the right alone after the one that they follow there. */
function inBothOrders(left: ReadonlyMap<string, Node>, right: ReadonlyMap<string, Node>): readonly Child[] {
  const after = new Map<string, string[]>()
  let last = ''
  for (const key of right.keys()) {
    if (left.has(key)) last = `=${key}`
    else after.set(last, [...(after.get(last) ?? []), key])
  }
  const child = (name: string): Child => ({ name, pair: align(left.get(name), right.get(name)) })
  const added = (place: string) => (after.get(place) ?? []).map(child)
  return [...added(''), ...[...left.keys()].flatMap((key) => [child(key), ...added(`=${key}`)])]
}

/** True when some `$(NAME)` stands after its variable on one side and before it on the other. */
function seesOther(
  left: ReadonlyMap<string, Node>,
  right: ReadonlyMap<string, Node>,
  orders: { readonly left: readonly string[]; readonly right: readonly string[] },
): boolean {
  if (orders.left.join() === orders.right.join()) return false
  const [before, after] = [places(orders.left), places(orders.right)]
  return orders.left.some((name) => {
    const names = [left, right].flatMap((side) => [...textOf(side.get(name), 'value').matchAll(/\$\(([^)]+)\)/g)])
    return names.some(([, other = '']) => {
      const [one, two] = [before.get(other), after.get(other)]
      if (one === undefined || two === undefined) return false
      return one < (before.get(name) ?? 0) !== two < (after.get(name) ?? 0)
    })
  })
}

const places = (names: readonly string[]): ReadonlyMap<string, number> => new Map(names.map((name, at) => [name, at]))

function alignSets(left: readonly Node[], right: readonly Node[]): readonly Child[] {
  const rest = [...right]
  const children: Child[] = []
  const gone: Node[] = []
  for (const item of left) {
    const at = rest.findIndex((other) => meaningOf(other) === meaningOf(item))
    if (at < 0) gone.push(item)
    else children.push(unnamed(item, rest.splice(at, 1)[0]))
  }
  if (gone.length === 1 && rest.length === 1) return [...children, unnamed(gone[0], rest[0])]
  return [...children, ...gone.map((item) => unnamed(item, undefined)), ...rest.map((item) => unnamed(undefined, item))]
}

const unnamed = (left: Node | undefined, right: Node | undefined): Child => ({ name: '', pair: align(left, right) })

/** What did not stay is paired with what came in its place. */
function alignInOrder(left: readonly Node[], right: readonly Node[]): readonly Child[] {
  const runs = diffArrays(left.map(meaningOf), right.map(meaningOf), { maxEditLength: editsMax }) ?? [
    { removed: true, added: false, count: left.length },
    { removed: false, added: true, count: right.length },
  ]
  const children: Child[] = []
  let [i, j] = [0, 0]
  let [gone, come]: [Node[], Node[]] = [[], []]
  const flush = () => {
    for (let at = 0; at < Math.max(gone.length, come.length); at += 1) {
      const [before, after] = [gone[at], come[at]]
      if (before !== undefined && after !== undefined && before.kind !== after.kind)
        children.push(unnamed(before, undefined), unnamed(undefined, after))
      else children.push(unnamed(before, after))
    }
    ;[gone, come] = [[], []]
  }
  for (const { removed, added, count = 0 } of runs) {
    if (removed) gone = [...gone, ...left.slice(i, (i += count))]
    else if (added) come = [...come, ...right.slice(j, (j += count))]
    else {
      flush()
      for (let at = 0; at < count; at += 1) children.push(unnamed(left[i++], right[j++]))
    }
  }
  flush()
  return children
}

/** Equal for nodes that mean the same. What is only assumed is part of it; what the cluster writes is not. */
export const meaningOf = remembered((node: Node): string => {
  if (node.kind === 'leaf') return node.same
  if (node.kind === 'list') {
    const items = node.items.map(meaningOf)
    return `[${(node.rule.by === 'order' ? items : items.toSorted()).join(',')}]`
  }
  const members = [...node.members].filter(([, each]) => !each.byCluster)
  return `{${members
    .map(([name, each]) => `${JSON.stringify(name)}:${meaningOf(each)}`)
    .toSorted()
    .join(',')}}`
})
