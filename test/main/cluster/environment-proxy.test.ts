import { expect, it } from 'vitest'
import { environmentProxy } from '#main/cluster/environment-proxy.ts'

const environment = { HTTPS_PROXY: 'http://secure:1', http_proxy: 'http://plain:1' }

it.each([
  ['http://10.1.2.3:9090', '10.0.0.0/8', undefined],
  ['http://11.1.2.3:9090', '10.0.0.0/8', 'http://plain:1'],
  ['http://10.1.2.3', '10.1.2.3', undefined],
  ['http://10.1.2.3:9090', '10.1.2.3:9090', undefined],
  ['http://10.1.2.3:9091', '10.1.2.3:9090', 'http://plain:1'],
  ['https://[fd00::1]:9090', 'fd00::/8', undefined],
  ['https://[fd00::1]:9090', 'fd00::1', undefined],
  ['https://[fe00::1]:9090', 'fd00::/8', 'http://secure:1'],
  ['http://prom.monitoring:9090', 'monitoring', undefined],
  ['http://prom.monitoring:9090', '10.0.0.0/99, nonsense/8', 'http://plain:1'],
  ['http://prom.monitoring.svc.cluster.local', '.cluster.local', undefined],
  ['http://localhost:9090', '', undefined],
])('PRV-110: %s with NO_PROXY=%s goes through %s', (url, noProxy, expected) => {
  expect(environmentProxy(new URL(url), { ...environment, NO_PROXY: noProxy })).toBe(expected)
})
