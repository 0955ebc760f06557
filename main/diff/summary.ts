import { type DiffGroup, type DiffSummaryLine, diffGroups } from '#contract/diff-views.ts'
import { type Pair, textOf } from './align.ts'
import { wordsOf } from './change-words.ts'
import { splitImage } from './image.ts'
import { type Part, pathText, placeOf, told, units } from './paths.ts'
import type { Node } from './tree.ts'

/** A change with its whole path. */
interface Change {
  readonly path: readonly Part[]
  readonly op: '+' | '-' | '~'
  readonly left: Node | undefined
  readonly right: Node | undefined
  readonly pair: Pair
}

/** What changes in meaning, grouped (UI-DIFF-1). What a cluster sets by itself is no change (UI-DIFF-4). */
export function summarise(root: Pair, lineOf: (pair: Pair) => number | undefined): readonly DiffSummaryLine[] {
  const changes: Change[] = []
  collect(root, [], changes)
  const several = Math.max(countContainers(root.left), countContainers(root.right)) > 1
  const lines = changes.map((change): DiffSummaryLine => {
    const { group, label } = placeOf(change.path, several)
    return {
      group,
      op: change.op,
      path: label,
      at: pathText(change.path),
      ...wording(group, change),
      line: lineOf(change.pair),
    }
  })
  return lines.toSorted((a, b) => diffGroups.indexOf(a.group) - diffGroups.indexOf(b.group))
}

function collect(pair: Pair, path: readonly Part[], changes: Change[]): void {
  const { op, left, right, children } = pair
  if (op === ' ' || pair.byCluster) return
  if (op === '~') {
    if (pair.reordered !== undefined) {
      const [before, after] = [pair.reordered.left, pair.reordered.right].map((names) => orderNode(names))
      changes.push({ path: [...path, { name: 'order', isItem: false }], op, left: before, right: after, pair })
    }
    const isTold = left?.kind === 'map' && left.type !== undefined && told.has(left.type)
    if (children === undefined || isTold) changes.push({ path, op, left, right, pair })
    else {
      const isList = left?.kind === 'list'
      children.forEach(({ name, pair: each }, at) =>
        collect(each, [...path, { name: isList && name === '' ? `${at}` : name, isItem: isList }], changes),
      )
    }
    return
  }
  const node = op === '+' ? right : left
  if (node !== undefined) expand(node, path, { op, pair }, changes)
}

/** What came or went is told by its parts, down to those that people think of as one. */
function expand(
  node: Node,
  path: readonly Part[],
  about: Pick<Change, 'op' | 'pair'> & { op: '+' | '-' },
  changes: Change[],
): void {
  if (node.filled || node.byCluster) return
  const isUnit = node.kind === 'leaf' || (node.kind === 'map' && node.type !== undefined && units.has(node.type))
  const parts: readonly (readonly [string, Node])[] = isUnit
    ? []
    : node.kind === 'map'
      ? [...node.members]
      : node.items.map((item, at) => [itemName(item) || `${at}`, item] as const)
  if (parts.length === 0)
    changes.push({
      ...about,
      path,
      left: about.op === '-' ? node : undefined,
      right: about.op === '+' ? node : undefined,
    })
  for (const [name, each] of parts) expand(each, [...path, { name, isItem: node.kind === 'list' }], about, changes)
}

const itemName = (item: Node): string =>
  textOf(item, 'name') || textOf(item, 'mountPath') || textOf(item, 'containerPort') || textOf(item, 'templateName')

const orderNode = (names: readonly string[]): Node => {
  const value = names.join(', ')
  return { kind: 'leaf', value, same: value, usual: false, filled: false, byCluster: false }
}

function countContainers(root: Node | undefined): number {
  let node = root
  for (const name of ['spec', 'template', 'spec']) node = node?.kind === 'map' ? node.members.get(name) : undefined
  const lists = ['containers', 'initContainers'].map((name) =>
    node?.kind === 'map' ? node.members.get(name) : undefined,
  )
  return lists.reduce((count, list) => count + (list?.kind === 'list' ? list.items.length : 0), 0)
}

/** Of an image only the tags where the repository stays the same. */
function wording(
  group: DiffGroup,
  { left, right }: Change,
): { readonly before: string | undefined; readonly after: string | undefined } {
  const [before, after] = [wordsOf(left), wordsOf(right)]
  if (group !== 'image' || before === undefined || after === undefined) return { before, after }
  const [from, to] = [splitImage(before), splitImage(after)]
  const isShort = from.repository === to.repository && from.version !== '' && to.version !== ''
  return isShort ? { before: from.version, after: to.version } : { before, after }
}
