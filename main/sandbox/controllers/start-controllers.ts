import type { Dispose } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { SandboxStore } from '../store.ts'
import type { Controller } from './controller.ts'
import { deploymentController } from './deployment.ts'
import { endpointsController } from './endpoints.ts'
import { eventRecorder } from './event-recorder.ts'
import { eventRetention } from './event-retention.ts'
import { garbageCollector } from './garbage-collector.ts'
import { jobController } from './job.ts'
import { kubelet } from './kubelet.ts'
import { namespaceController } from './namespaces.ts'
import { ObjectIndex } from './object-index.ts'
import type { LifeSettings } from './pod-life.ts'
import { replicaSetController } from './replica-set.ts'
import { resourceQuotaController } from './resource-quota.ts'
import { runControllers } from './run-controllers.ts'
import { scheduler } from './scheduler.ts'

/** Brings a store to life: everything a control plane and its nodes do by themselves. `more` run along on the same index. */
export function startControllers(
  store: SandboxStore,
  settings: LifeSettings,
  log: Log,
  more: (index: ObjectIndex) => readonly Controller[] = () => [],
): Dispose {
  const index = new ObjectIndex(store)
  const record = eventRecorder(store)
  const stop = runControllers(
    store,
    [
      namespaceController(store),
      resourceQuotaController(store),
      garbageCollector(store, index),
      deploymentController(store, index, record),
      replicaSetController(store, index, record),
      jobController(store, index, record),
      scheduler(store, index, settings, record),
      kubelet(store, settings, record),
      eventRetention(store),
      endpointsController(store, index, settings.seed),
      ...more(index),
    ],
    log,
  )
  return () => {
    stop()
    index.stop()
  }
}
