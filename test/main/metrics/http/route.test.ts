import { describe, expect, it } from 'vitest'
import { destinationOf, parseMetricsVia } from '#main/metrics/http/route.ts'

const service = (namespace: string, name: string, port: string, scheme: 'http' | 'https' = 'http') => ({
  kind: 'service',
  service: { namespace, name, port, scheme },
})

describe('where an address leads', () => {
  it.each([
    ['http://prom.monitoring:9090/x', { ...service('monitoring', 'prom', '9090'), isCertain: false }],
    ['http://prom.monitoring', { ...service('monitoring', 'prom', '80'), isCertain: false }],
    ['https://prom.monitoring', { ...service('monitoring', 'prom', '443', 'https'), isCertain: false }],
    ['http://prom.monitoring.svc:9090', { ...service('monitoring', 'prom', '9090'), isCertain: true }],
    ['http://prom.monitoring.svc.cluster.local:9090', { ...service('monitoring', 'prom', '9090'), isCertain: true }],
    ['http://prom.monitoring.svc.cluster.local.:9090', { ...service('monitoring', 'prom', '9090'), isCertain: true }],
    ['http://PROM.Monitoring.svc:9090', { ...service('monitoring', 'prom', '9090'), isCertain: true }],
  ])('PRV-1501: %s is that of a Service', (url, destination) => {
    expect(destinationOf(new URL(url), [])).toEqual(destination)
  })

  it.each([
    'http://prometheus:9090',
    'http://localhost:9090',
    'https://api.datadoghq.com',
    'http://10.0.0.1:9090',
    'http://[fd00::1]:9090',
    'http://a.b.svc.example.com',
    'http://a_b.c:9090',
    'http://web-0.prom.monitoring.svc:9090',
  ])('PRV-1501: %s is that of a host', (url) => {
    expect(destinationOf(new URL(url), [])).toEqual({ kind: 'direct' })
  })
})

describe('what was declared', () => {
  const via = (text: string | undefined, url: string) => {
    const routes = parseMetricsVia(text)
    return routes.ok ? destinationOf(new URL(url), routes.value) : routes.error
  }

  it.each([
    [undefined, 'http://a.example.com', { kind: 'direct' }],
    [' , ', 'http://a.example.com', { kind: 'direct' }],
    ['direct', 'http://prom.monitoring.svc:9090', { kind: 'direct' }],
    [
      'service/obs/thanos:9090',
      'https://a.example.com/x',
      { ...service('obs', 'thanos', '9090', 'https'), isCertain: true, isDeclared: true },
    ],
    [
      'service/obs/http:thanos:web',
      'https://a.example.com',
      { ...service('obs', 'thanos', 'web'), isCertain: true, isDeclared: true },
    ],
    [
      'service/obs/https:thanos:443',
      'http://a.b',
      { ...service('obs', 'thanos', '443', 'https'), isCertain: true, isDeclared: true },
    ],
    [
      'a.example.com=service/obs/thanos:9090',
      'http://a.example.com:81',
      { ...service('obs', 'thanos', '9090'), isCertain: true, isDeclared: true },
    ],
    ['a.example.com:81 = service/obs/thanos:9090', 'http://a.example.com', { kind: 'direct' }],
    ['b.example.com=direct, service/obs/thanos:9090', 'http://b.example.com', { kind: 'direct' }],
    [
      'b.example.com=direct, service/obs/thanos:9090',
      'http://c',
      { ...service('obs', 'thanos', '9090'), isCertain: true, isDeclared: true },
    ],
  ])('PRV-1501: %s leads %s there', (text, url, destination) => {
    expect(via(text, url)).toEqual(destination)
  })

  it.each([
    'proxy',
    'service/obs',
    'service/obs/thanos',
    'service/obs/thanos:0',
    'service/obs/thanos:65536',
    'service/Obs/thanos:9090',
    'service/obs/ftp:thanos:9090',
    'service/obs/thanos:9090/x',
    'a=',
  ])('PRV-1501: %s is refused, and told', (text) => {
    expect(parseMetricsVia(`direct,${text}`)).toEqual({
      ok: false,
      error: `argosy.dev/metrics-via: "${text}" is neither direct nor service/NAMESPACE/NAME:PORT, with HOST= before it or not`,
    })
  })
})
