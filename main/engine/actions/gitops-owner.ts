import type { KubeObject } from '#api/meta.ts'

/** The tool that keeps an object as it is in Git or in a chart, if its labels or annotations name one (ACT-99). */
export function gitOpsOwner({ metadata }: Pick<KubeObject, 'metadata'>): 'Argo CD' | 'Flux' | 'Helm' | undefined {
  const marks = { ...metadata.labels, ...metadata.annotations }
  const names = Object.keys(marks)
  if (names.some((name) => argoMarks.has(name))) return 'Argo CD'
  if (names.some((name) => name.startsWith('kustomize.toolkit.fluxcd.io/'))) return 'Flux'
  return metadata.labels?.[managedBy] === 'Helm' || metadata.annotations?.[managedBy] === 'Helm' ? 'Helm' : undefined
}

const argoMarks: ReadonlySet<string> = new Set(['argocd.argoproj.io/instance', 'argocd.argoproj.io/tracking-id'])
const managedBy = 'app.kubernetes.io/managed-by'

/** The warning that belongs to every live edit of such an object. */
export function gitOpsWarnings(object: Pick<KubeObject, 'metadata'>): readonly string[] {
  const owner = gitOpsOwner(object)
  if (owner === undefined) return []
  const fate = owner === 'Helm' ? 'is overwritten by the next upgrade' : 'drifts from Git and may be reverted'
  return [`${object.metadata.name} is managed by ${owner}: a live edit ${fate}`]
}
