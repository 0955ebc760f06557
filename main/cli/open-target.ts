import type { Log } from '#lib/log.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { type NamedPrimary, withIstioPrimary } from '#main/cluster/istio-primary.ts'
import type { ContextAccess, KubeconfigContexts } from '#main/cluster/kubeconfig.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { trafficSettingsFor } from '#main/cluster-settings.ts'
import { dataFolder } from '#main/data-folder.ts'
import type { CliIo } from './io.ts'
import type { Target } from './targets.ts'

interface Around {
  readonly namespace: string
  /** The namespaces that count; all when absent. */
  readonly scope: readonly string[] | undefined
  readonly contexts: KubeconfigContexts
  readonly isAround: boolean
}

/** Apart from targets.ts, so that what speaks to clusters is loaded only when there is one to speak to. */
export function openTarget(
  access: ContextAccess,
  { namespace, scope, contexts, isAround }: Around,
  { clock, err }: Pick<CliIo, 'clock' | 'err'>,
): Target {
  const log: Log = (level, message, { cause } = {}) => {
    if (level === 'warn' || level === 'error') err(`argosy: ${access.context}: ${message}: ${String(cause)}`)
  }
  const open = (to: ContextAccess) => createClusterClient({ access: to, clock, random: Math.random })
  const { istioPrimary, isIstioPrimary: isNamedByOthers } = trafficSettingsFor(access.context, {
    folder: dataFolder(),
    log,
  })
  const named = istioPrimary === undefined ? undefined : namedPrimary(istioPrimary, contexts.access(istioPrimary), open)
  const client = withIstioPrimary(open(access), { named, isNamedByOthers, namespaces: scope, open, log })
  return { context: access.context, namespace, client, isAround }
}

function namedPrimary(
  context: string,
  access: ContextAccess | undefined,
  open: (to: ContextAccess) => ClusterClient,
): NamedPrimary {
  let client: ClusterClient | undefined
  return {
    context,
    client: () => (access === undefined ? undefined : (client ??= open(access))),
    close: async () => client?.close(),
  }
}
