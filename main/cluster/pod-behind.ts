import type { Pod, Service } from '#api/core.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'

export interface PodPort {
  readonly namespace: string
  readonly pod: string
  readonly port: number
}

/**
 * A ready pod behind a port of a Service, and the port on which it listens; the first by name, so that it is the same each time.
 * @param pods those that the Service selects
 * @param port its number, or its name
 */
export function podBehind(service: Service, port: string, pods: readonly Pod[]): Outcome<PodPort, string> {
  const { name, namespace = '' } = service.metadata
  const ports = service.spec?.ports ?? []
  const found = ports.find((each) => each.name === port || String(each.port) === port)
  if (found === undefined) return failure(`Service ${name} has no port ${port}`)
  const target = found.targetPort ?? found.port
  const ready = pods.filter(isReady).toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  if (ready.length === 0) return failure(`no pod behind Service ${name} is ready`)
  for (const pod of ready) {
    const number = typeof target === 'number' ? target : portNamed(pod, target)
    if (number !== undefined) return success({ namespace, pod: pod.metadata.name, port: number })
  }
  return failure(`no pod behind Service ${name} has a port ${target}`)
}

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status?.conditions ?? []).some((each) => each.type === 'Ready' && each.status === 'True')

function portNamed({ spec }: Pod, name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name)
  for (const { ports } of spec.containers ?? []) {
    const port = (Array.isArray(ports) ? (ports as readonly unknown[]) : []).find(
      (each) => isPort(each) && each.name === name,
    )
    if (isPort(port)) return port.containerPort
  }
  return undefined
}

const isPort = (value: unknown): value is { readonly name?: unknown; readonly containerPort: number } =>
  typeof value === 'object' && value !== null && 'containerPort' in value && typeof value.containerPort === 'number'
