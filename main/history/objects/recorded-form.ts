import type { AnalysisRun } from '#api/analysis.ts'
import type { Pod } from '#api/core.ts'
import type { KubeObject } from '#api/meta.ts'
import { redactJson } from '../redact-template.ts'
import type { SecretPrints } from '../secret-prints.ts'
import { analysisForm } from './analysis-form.ts'

/**
 * What is kept of an object: all but who manages which fields and the number that every write changes; secrets out (UI-HIST-6). Of pods,
 * which come and go by the thousands, what tells their state. Two versions that differ in nothing of it are one.
 */
export function recordedForm(object: KubeObject, prints: SecretPrints): KubeObject {
  const { resourceVersion: _number, managedFields: _fields, ...metadata } = object.metadata
  return redactJson({ ...keptOf(object), metadata }, prints) as KubeObject
}

function keptOf(object: KubeObject): object {
  if (object.kind === 'AnalysisRun') return analysisForm(object as AnalysisRun)
  return object.kind === 'Pod' ? podForm(object as Pod) : object
}

/** Probes and volumes are in the template of its ReplicaSet. */
function podForm({ spec, status, ...pod }: Pod): Omit<Pod, 'spec'> & { readonly spec: unknown } {
  const sidecars = spec.initContainers?.map(({ name, restartPolicy }) => ({
    name,
    ...(restartPolicy && { restartPolicy }),
  }))
  const containers = spec.containers.map(({ name, image }) => ({ name, ...(image !== undefined && { image }) }))
  return {
    ...pod,
    spec: {
      containers,
      ...(sidecars && { initContainers: sidecars }),
      ...(spec.nodeName && { nodeName: spec.nodeName }),
    },
    ...(status && { status }),
  }
}
