import type { KubeObject } from '#api/meta.ts'
import { type Fields, fieldAt, fieldsOf, isFields, mapField, objectOf } from './fields.ts'

/**
 * An object as another version of its kind writes it. Versions differ in nothing but their name here, as with the
 * conversion strategy `None`; only autoscalers say the wanted use of CPUs in two ways.
 */
export function convertVersion(object: KubeObject, apiVersion: string): KubeObject {
  if (object.apiVersion === apiVersion) return object
  const renamed = { ...object, apiVersion }
  if (object.kind !== 'HorizontalPodAutoscaler') return renamed
  return objectOf(mapField(fieldsOf(renamed), 'spec', apiVersion === 'autoscaling/v1' ? withTarget : withMetric))
}

const target = 'targetCPUUtilizationPercentage'

function withTarget(spec: Fields): Fields {
  const metrics = Array.isArray(spec['metrics']) ? spec['metrics'].filter(isFields) : []
  const cpu = metrics.find((each) => cpuUse(each) !== undefined)
  if (cpu === undefined) return spec
  const { metrics: _metrics, ...others } = spec
  const rest = metrics.filter((each) => each !== cpu)
  return { ...others, ...(rest.length > 0 && { metrics: rest }), [target]: cpuUse(cpu) }
}

const cpuUse = (metric: Fields): unknown =>
  fieldAt(metric, ['resource', 'name']) === 'cpu'
    ? fieldAt(metric, ['resource', 'target', 'averageUtilization'])
    : undefined

function withMetric(spec: Fields): Fields {
  const { [target]: averageUtilization, ...others } = spec
  if (averageUtilization === undefined) return others
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } }
  return { ...others, metrics: [cpu, ...(Array.isArray(spec['metrics']) ? spec['metrics'] : [])] }
}
