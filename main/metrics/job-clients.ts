import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { ClusterClient } from '#main/cluster/client.ts'
import { inClusterAccess } from '#main/cluster/in-cluster.ts'
import { type ContextAccess, loadKubeconfig } from '#main/cluster/kubeconfig.ts'

export interface JobClients {
  /** The client for the current context of a kubeconfig file, the same one each time. */
  readonly open: (kubeconfig: string) => Promise<Outcome<ClusterClient, string>>
  readonly close: () => Promise<void>
}

/** Where Jobs go that measure outside of the cluster that is driven (PRV-403). Whoever made it closes it. */
export function createJobClients(
  openClient: (access: ContextAccess) => ClusterClient,
  around = inClusterAccess,
): JobClients {
  const clients = new Map<string, ClusterClient>()
  const create = (kubeconfig: string): Outcome<ClusterClient, string> => {
    const access = kubeconfig === 'in-cluster' ? aroundOf(around()) : currentOf(kubeconfig)
    if (!access.ok) return access
    const client = openClient(access.value)
    clients.set(kubeconfig, client)
    return success(client)
  }
  return {
    open: async (kubeconfig) => {
      const known = clients.get(kubeconfig)
      return known === undefined ? create(kubeconfig) : success(known)
    },
    close: async () => {
      for (const client of clients.values()) await client.close()
      clients.clear()
    },
  }
}

function currentOf(kubeconfig: string): Outcome<ContextAccess, string> {
  const config = loadKubeconfig({ paths: [kubeconfig] })
  if (!config.ok) return failure(config.error.message)
  const { currentContext } = config.value
  const access = currentContext === undefined ? undefined : config.value.access(currentContext)
  if (access === undefined)
    return failure(`${kubeconfig} has no current context. Set one with kubectl config use-context.`)
  return success(access)
}

const aroundOf = (access: ContextAccess | undefined): Outcome<ContextAccess, string> =>
  access === undefined ? failure(outsideOfCluster) : success(access)

/** The reference's text where there is no such cluster. */
const outsideOfCluster =
  'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined'
