import type { ReferenceController } from './ownership.ts'

/** `argosy-<host>_<uuid>` (OPS-37); the reference's is `<host>_<uuid>`, the name of its pod (OPS-31). */
const ofArgosy = /^argosy-(.+)_[^_]+$/

/** Where the Argosy of that identity runs. */
export const hostOf = (identity: string): string | undefined => ofArgosy.exec(identity)?.[1]

/** `argosy`: of somebody's machine, so that there is somebody to ask. */
export type HolderKind = 'argosy' | 'inCluster' | 'controller'

/** The host of a pod is its name, which begins with that of its Deployment. */
export function holderKind(identity: string, controllers: readonly ReferenceController[]): HolderKind {
  const host = hostOf(identity)
  if (host === undefined) return 'controller'
  return controllers.some(({ name, isOurs }) => isOurs && host.startsWith(`${name}-`)) ? 'inCluster' : 'argosy'
}
