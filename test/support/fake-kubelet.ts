import type { ReplicaSet } from '#api/apps.ts'
import { resources } from '#api/resources.ts'
import type { Clock } from '#lib/clock.ts'
import type { FakeApi } from './fake-api.ts'

/** How long pods of a `FakeApi` take to start or stop. */
export const podDelayMs = 500

/** Makes ReplicaSets reach their size after a while, as their controller and the kubelet would; there are no pod objects. */
export function runFakeKubelet(api: FakeApi, clock: Clock): void {
  api.onChange((resource, object, _previous, gone) => {
    if (resource.kind !== 'ReplicaSet' || gone) return
    const { generation } = object.metadata
    if ((object as ReplicaSet).status?.observedGeneration === generation) return
    clock.after(podDelayMs, () => {
      const current = api.read(resources.replicaSets, object.metadata) as ReplicaSet | undefined
      if (current === undefined || current.status?.observedGeneration === current.metadata.generation) return
      const size = current.spec.replicas ?? 1
      const status = {
        replicas: size,
        fullyLabeledReplicas: size,
        readyReplicas: size,
        availableReplicas: size,
        observedGeneration: current.metadata.generation ?? 1,
      }
      api.put(resources.replicaSets, { ...current, status } as ReplicaSet)
    })
  })
}
