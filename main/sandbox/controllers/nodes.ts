import type { KubeObject } from '#api/meta.ts'
import type { EpochMs } from '#lib/clock.ts'
import { formatSeconds } from '#lib/rfc3339.ts'

export interface Node extends KubeObject {
  readonly spec?: {
    readonly unschedulable?: boolean
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[]
  }
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[]
    readonly allocatable?: Readonly<Record<string, string>>
  }
}

export const isSchedulable = ({ spec, metadata }: Node): boolean =>
  spec?.unschedulable !== true && metadata.deletionTimestamp === undefined

export const addressOf = (node: KubeObject): string =>
  (node as Node).status?.addresses?.find((each) => each.type === 'InternalIP')?.address ?? ''

/** The `ordinal`-th worker of a cluster, from 1. It sends no heartbeats: an idle cluster writes nothing. */
export function aNode(cluster: string, ordinal: number, now: EpochMs): KubeObject {
  const name = `${cluster}-worker-${ordinal}`
  const since = { lastHeartbeatTime: formatSeconds(now), lastTransitionTime: formatSeconds(now) }
  const size = { cpu: '8', memory: '32Gi', pods: '250', 'ephemeral-storage': '100Gi' }
  const node: KubeObject & { readonly spec: unknown; readonly status: unknown } = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': `${cluster}-${'abc'[(ordinal - 1) % 3]}`,
      },
    },
    spec: { podCIDR: `10.244.${ordinal}.0/24` },
    status: {
      capacity: size,
      allocatable: size,
      addresses: [
        { type: 'InternalIP', address: `192.168.8.${10 + ordinal}` },
        { type: 'Hostname', address: name },
      ],
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
          ...since,
        },
      ],
      nodeInfo: {
        kubeletVersion: 'v1.34.1',
        osImage: 'Argosy Sandbox',
        operatingSystem: 'linux',
        architecture: 'amd64',
        kernelVersion: '6.12.0',
        containerRuntimeVersion: 'containerd://2.1.4',
      },
    },
  }
  return node
}
