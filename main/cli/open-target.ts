import type { ContextAccess } from '#main/cluster/kubeconfig.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import type { CliIo } from './io.ts'
import type { Target } from './targets.ts'

/** Apart from targets.ts, so that what speaks to clusters is loaded only when there is one to speak to. */
export const openTarget = (access: ContextAccess, namespace: string, io: CliIo): Target => ({
  context: access.context,
  namespace,
  client: createClusterClient({ access, clock: io.clock, random: Math.random }),
})
