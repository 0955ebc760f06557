import type { AnalysisRun } from '#api/analysis.ts'
import type { ReplicaSet } from '#api/apps.ts'
import type { Pod } from '#api/core.ts'
import { revisionOf } from '#engine/rollout/replica-set/facts.ts'
import { shownPhase } from '#engine/status/phase.ts'
import { routingOf } from '#engine/status/routing.ts'
import type { EpochMs } from '#lib/clock.ts'
import { healthOf } from '#main/fleet/detail/revisions.ts'
import { factsOf, type RolloutFacts } from '#main/fleet/rollout-facts.ts'
import { jobRows, runCounts, runRevision } from './analysis-row.ts'
import { podRow } from './pod-row.ts'
import { colourOf, infoOf, tagsOf } from './replica-set-row.ts'
import { rolloutHeader } from './rollout-header.ts'
import { shownAge } from './shown-age.ts'
import type { ShownRollout } from './shown-rollout.ts'
import { analysisStatus, podStatus, replicaSetStatus, rolloutStatus } from './status-icons.ts'
import { type Cell, formatTable } from './text-table.ts'

/** A line of the tree and what hangs below it. */
export interface Node {
  readonly name: Cell
  readonly kind: string
  readonly status: readonly Cell[]
  readonly age: string
  readonly info: string
  readonly children: readonly Node[]
}

type Row = readonly (readonly Cell[])[]

/** Header, blank line and tree of one Rollout (VIEW-1…16, VIEW-70…128), as `get` and `watch` print it. */
export function formatRollout(
  shown: ShownRollout,
  now: EpochMs,
  colours: boolean,
  forecast?: string,
): readonly string[] {
  const facts = factsOf({ context: '', services: {}, events: [], experiments: [], workload: undefined, ...shown })
  const routing = shown.routes === undefined ? undefined : routingOf(facts.parts, now)
  return [...rolloutHeader(facts, colours, { forecast, routing }), '', ...formatTree(rolloutNode(facts, now), colours)]
}

/** The tree below a header, with its titles. */
export function formatTree(root: Node, colours: boolean): readonly string[] {
  const titles: Row = ['NAME', 'KIND', 'STATUS', 'AGE', 'INFO'].map((text) => [{ text }])
  return formatTable([titles, ...rowsOf(root, '', '')], colours)
}

/** VIEW-127: `guide` stands before the name, `indent` before what hangs below. */
function rowsOf(node: Node, guide: string, indent: string): readonly Row[] {
  const last = node.children.length - 1
  return [
    [[{ text: guide }, node.name], [{ text: node.kind }], node.status, [{ text: node.age }], [{ text: node.info }]],
    ...node.children.flatMap((child, index) =>
      rowsOf(child, `${indent}${index === last ? '└──' : '├──'}`, `${indent}${index === last ? '   ' : '│  '}`),
    ),
  ]
}

function rolloutNode(facts: RolloutFacts, now: EpochMs): Node {
  const { rollout, replicaSets, parts } = facts
  const numbers = [...replicaSets.map(revisionNumber), ...parts.analysisRuns.map(runRevision)]
  const revisions = [...new Set(numbers)].sort((a, b) => b - a)
  return {
    name: { text: `⟳ ${rollout.metadata.name}` },
    kind: 'Rollout',
    status: rolloutStatus(shownPhase(rollout).phase),
    age: shownAge(rollout.metadata.creationTimestamp, now),
    info: '',
    children: revisions.map((revision) => revisionNode(revision, facts, now)),
  }
}

/** VIEW-4. */
const revisionNumber = (replicaSet: ReplicaSet): number => revisionOf(replicaSet) ?? 0

function revisionNode(revision: number, facts: RolloutFacts, now: EpochMs): Node {
  const replicaSets = facts.replicaSets.filter((each) => revisionNumber(each) === revision)
  const runs = facts.parts.analysisRuns.filter((each) => runRevision(each) === revision).toSorted(oldestRunFirst)
  return {
    name: { text: `# revision:${revision}` },
    kind: '',
    status: [],
    age: '',
    info: '',
    children: [...replicaSets.map((each) => replicaSetNode(each, facts, now)), ...runs.map((run) => runNode(run, now))],
  }
}

function replicaSetNode(replicaSet: ReplicaSet, facts: RolloutFacts, now: EpochMs): Node {
  const { uid, name, creationTimestamp } = replicaSet.metadata
  const tags = tagsOf(replicaSet, facts)
  const colour = colourOf(tags)
  const ours = facts.parts.pods.filter(
    (pod) => pod.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true,
  )
  return {
    name: { text: `⧉ ${name}`, ...(colour !== undefined && { colour }) },
    kind: 'ReplicaSet',
    status: replicaSetStatus(healthOf(replicaSet)),
    age: shownAge(creationTimestamp, now),
    info: infoOf(replicaSet, tags, now),
    children: ours.toSorted(oldestPodFirst).map((pod) => podNode(pod, now)),
  }
}

/** VIEW-13: both texts sort as the times and names they are. */
export function oldestPodFirst(a: Pod, b: Pod): number {
  const key = ({ metadata }: Pod) => `${metadata.creationTimestamp ?? ''} ${metadata.name}`
  return key(a) < key(b) ? -1 : 1
}

export function podNode(pod: Pod, now: EpochMs): Node {
  const { reason, info } = podRow(pod)
  return {
    name: { text: `□ ${pod.metadata.name}` },
    kind: 'Pod',
    status: podStatus(reason),
    age: shownAge(pod.metadata.creationTimestamp, now),
    info,
    children: [],
  }
}

/** VIEW-14: within a revision by creation, equal ones by name, the later one first. */
export function oldestRunFirst({ metadata: a }: AnalysisRun, { metadata: b }: AnalysisRun): number {
  const [left = '', right = ''] = [a.creationTimestamp, b.creationTimestamp]
  return left === right ? (a.name < b.name ? 1 : -1) : left < right ? -1 : 1
}

/** VIEW-110, VIEW-111, VIEW-113. */
export function runNode(run: AnalysisRun, now: EpochMs): Node {
  const phase = run.status?.phase ?? ''
  const isOpen = phase === 'Pending' || phase === 'Running'
  return {
    name: { text: `α ${run.metadata.name}`, ...(isOpen && { colour: 'brightBlue' }) },
    kind: 'AnalysisRun',
    status: analysisStatus(phase),
    age: shownAge(run.metadata.creationTimestamp, now),
    info: runCounts(run),
    children: jobRows(run).map(({ name, phase: ended, startedAt }) => ({
      name: { text: `⊞ ${name}` },
      kind: 'Job',
      status: analysisStatus(ended),
      age: shownAge(startedAt, now),
      info: '',
      children: [],
    })),
  }
}
