import type { ReplicaSet } from '#api/apps.ts'
import type { PodTemplateSpec } from '#api/core.ts'
import type { FleetPlan, MemberState, PlanMember, PlannedChange } from '#engine/fleet-plan/document.ts'
import { type ConfigRef, configRefs } from '#engine/pod-template/config-refs.ts'
import { templateAsWritten } from '#engine/pod-template/template-equal.ts'
import { podHashOf, revisionOf } from '#engine/rollout/replica-set/facts.ts'
import type { RolloutWorld } from '#engine/world.ts'
import { parseTime } from '#lib/rfc3339.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import type { ConfigLook, ConfigLooks } from './config-looks.ts'
import type { MemberLook, MemberLooks } from './look-at-members.ts'

export interface ConfigWarning {
  /** Absent: it is about several. */
  readonly member: PlanMember['id'] | undefined
  readonly text: string
}

export interface ConfigPorts {
  readonly clientOf: (context: string) => ClusterClient | undefined
  readonly configs: ConfigLooks
}

type Placed = Pick<PlanMember, 'id' | 'context' | 'namespace'>

interface Seen {
  readonly member: Placed
  readonly ref: ConfigRef
  readonly look: ConfigLook
}

/**
 * What the way there and the way back would find: objects that are missing where the new version goes or differ between clusters, and those
 * that changed since the version before began, which an abort or undo would run with (W11).
 */
export async function configWarnings(
  members: readonly Placed[],
  change: PlannedChange,
  looks: MemberLooks,
  ports: ConfigPorts,
): Promise<readonly ConfigWarning[]> {
  const found = members.flatMap((member) => {
    const look = looks.get(member.id)
    return look?.kind === 'found' ? [{ member, world: look.world }] : []
  })
  const there = await Promise.all(found.map(({ member, world }) => lookAt(member, templateOf(world, change), ports)))
  const back = await Promise.all(found.map(({ member, world }) => wayBack(member, stableOf(world), ports)))
  const onTheWay = there.flat()
  const gone = new Set(onTheWay.filter(({ look }) => look.state === 'missing').map(keyOf))
  return [
    ...onTheWay.flatMap(({ member, ref, look }): ConfigWarning[] =>
      look.state === 'missing'
        ? [
            {
              member: member.id,
              text: `there is no ${words(ref)} in ${member.namespace}: its new pods would not start`,
            },
          ]
        : [],
    ),
    ...differing(onTheWay),
    ...unreadable(onTheWay),
    ...back
      .flat()
      .filter((each) => !gone.has(`${each.member} ${words(each.ref)}`))
      .map(({ member, text }) => ({ member, text })),
  ]
}

/** What would run with another configuration than before, or not start, were all that the plan has begun taken back now (RB-6). */
export async function warnOfRollback(
  { spec, status }: FleetPlan,
  lookAt: (member: PlanMember) => Promise<MemberLook>,
  ports: ConfigPorts,
): Promise<readonly ConfigWarning[]> {
  const begun = spec.members.filter(({ id }) => !untouched.includes(status.members[id]?.state ?? 'Pending'))
  const all = await Promise.all(
    begun.map(async (member) => {
      const look = await lookAt(member)
      if (look.kind !== 'found') return []
      const prior = look.world.replicaSets.find((each) => podHashOf(each) === member.priorHash)
      return wayBack(member, prior, ports)
    }),
  )
  return all.flat().map(({ member, text }) => ({ member, text }))
}

const untouched: readonly MemberState[] = ['Pending', 'Admitting', 'Refused', 'Skipped', 'Superseded', 'RolledBack']

const words = ({ kind, name }: ConfigRef): string => `${kind} ${name}`
const keyOf = ({ member, ref }: Seen): string => `${member.id} ${words(ref)}`

async function lookAt(
  member: Placed,
  template: PodTemplateSpec | undefined,
  { clientOf, configs }: ConfigPorts,
): Promise<readonly Seen[]> {
  const client = clientOf(member.context)
  if (client === undefined || template === undefined) return []
  return Promise.all(
    configRefs(template).map(async (ref) => ({ member, ref, look: await configs.at(client, member, ref) })),
  )
}

/** What the plan brings there refers to what the present template refers to; an undo to what its revision does. */
function templateOf({ rollout, replicaSets }: RolloutWorld, change: PlannedChange): PodTemplateSpec | undefined {
  if (change.kind === 'undo') {
    const revisions = replicaSets.toSorted((a, b) => Number(revisionOf(b)) - Number(revisionOf(a)))
    const target =
      change.toRevision === undefined
        ? revisions[1]
        : replicaSets.find((each) => Number(revisionOf(each)) === change.toRevision)
    return target && templateAsWritten(target)
  }
  return rollout.spec.template
}

const stableOf = ({ rollout, replicaSets }: RolloutWorld): ReplicaSet | undefined =>
  replicaSets.find((each) => podHashOf(each) === rollout.status?.stableRS)

async function wayBack(member: Placed, prior: ReplicaSet | undefined, ports: ConfigPorts) {
  if (prior === undefined) return []
  const began = parseTime(prior.metadata.creationTimestamp)
  const seen = await lookAt(member, templateAsWritten(prior), ports)
  return seen.flatMap(({ ref, look }) => {
    const about = { member: member.id, ref }
    if (look.state === 'missing')
      return [{ ...about, text: `${words(ref)} is gone: taken back, its pods would not start` }]
    const isNewer = look.state === 'found' && began !== undefined && (look.changedAt ?? 0) > began
    return isNewer
      ? [{ ...about, text: `${words(ref)} changed since the version before began: taken back, that would run with it` }]
      : []
  })
}

/** One line for each object that is not the same in all clusters of the plan. */
function differing(seen: readonly Seen[]): readonly ConfigWarning[] {
  return [...Map.groupBy(seen, ({ ref }) => words(ref))].flatMap(([name, each]) => {
    const groups = [
      ...Map.groupBy(
        each.flatMap(({ member, look }) => (look.state === 'found' ? [{ member, print: look.print }] : [])),
        ({ print }) => print,
      ).values(),
    ]
    if (groups.length < 2) return []
    const sides = groups.map((group) => [...new Set(group.map(({ member }) => member.context))].join(', '))
    return [{ member: undefined, text: `${name} is not the same everywhere: ${sides.join(' / ')}` }]
  })
}

function unreadable(seen: readonly Seen[]): readonly ConfigWarning[] {
  const closed = seen.filter(({ look }) => look.state === 'unreadable')
  const names = [...new Set(closed.map(({ ref }) => words(ref)))].join(', ')
  return closed.length === 0
    ? []
    : [{ member: undefined, text: `${names} cannot be read here: whether that changed or differs is not known` }]
}
