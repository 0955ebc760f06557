import type { ActionName, ActionPreview, ClusterView, RolloutKey, RolloutView } from '#contract/views.ts'

/** What an action on several rollouts reaches: counted over those that are chosen, of all that were asked for. */
export interface BlastRadius {
  readonly clusters: number
  readonly ofClusters: number
  /** Of the chosen clusters. */
  readonly protected: number
  readonly applications: number
  readonly ofApplications: number
  /** Of all chosen rollouts together. */
  readonly pods: number
  /** Of the wanted version, now and afterwards; `undefined` where the action moves no traffic anywhere. */
  readonly moved: Moved | undefined
  /** Every pod is replaced, as an update does. */
  readonly replaces: boolean
}

interface Moved {
  readonly podsBefore: number
  readonly podsAfter: number
  /** Percent, weighted by pods. */
  readonly shareBefore: number
  readonly shareAfter: number
}

/** Percent of traffic that the wanted version has; `undefined` where there is no such share. */
export function shareNow({ status, strategy, actualWeight, maxWeight, kind }: RolloutView): number | undefined {
  if (kind !== undefined || strategy !== 'canary' || maxWeight <= 0) return undefined
  return status === 'Healthy' ? 100 : Math.round((actualWeight / maxWeight) * 1000) / 10
}

const replacing: ReadonlySet<ActionName> = new Set<ActionName>(['restart', 'undo', 'setImage'])

export function blastRadius(
  action: ActionName,
  views: readonly RolloutView[],
  previews: readonly ActionPreview[],
  chosen: ReadonlySet<RolloutKey>,
  clusters: readonly ClusterView[],
): BlastRadius {
  const guarded = new Set(clusters.filter((each) => each.protected).map(({ context }) => context))
  const hit = views.filter(({ key }) => chosen.has(key))
  const contexts = new Set(hit.map(({ context }) => context))
  return {
    clusters: contexts.size,
    ofClusters: new Set(views.map(({ context }) => context)).size,
    protected: [...contexts].filter((context) => guarded.has(context)).length,
    applications: new Set(hit.map(applicationOf)).size,
    ofApplications: new Set(views.map(applicationOf)).size,
    pods: hit.reduce((sum, { replicas }) => sum + replicas.desired, 0),
    moved: movedBy(hit, previews),
    replaces: replacing.has(action),
  }
}

const applicationOf = ({ namespace, name, kind }: RolloutView): string => `${namespace}/${name}/${kind ?? ''}`

function movedBy(hit: readonly RolloutView[], previews: readonly ActionPreview[]): Moved | undefined {
  const reaches = new Map(previews.map((each) => [each.key, each.open ? each.reach : undefined]))
  const shares = hit.flatMap((view) => {
    const [before, after] = [shareNow(view), reaches.get(view.key)]
    return before === undefined ? [] : [{ pods: view.replicas.desired, before, after: after ?? before, known: after }]
  })
  if (shares.every(({ known }) => known === undefined)) return undefined
  const pods = shares.reduce((sum, each) => sum + each.pods, 0)
  const podsOf = (share: (each: (typeof shares)[number]) => number) =>
    shares.reduce((sum, each) => sum + Math.ceil((each.pods * share(each)) / 100), 0)
  const shareOf = (share: (each: (typeof shares)[number]) => number) =>
    pods === 0 ? 0 : Math.round(shares.reduce((sum, each) => sum + each.pods * share(each), 0) / pods)
  return {
    podsBefore: podsOf(({ before }) => before),
    podsAfter: podsOf(({ after }) => after),
    shareBefore: shareOf(({ before }) => before),
    shareAfter: shareOf(({ after }) => after),
  }
}
