import { expect, it } from 'vitest'
import { proxyFor } from '#main/cluster/dispatcher.ts'
import { anAccess } from '#test/support/context-access.ts'

const environment = { HTTPS_PROXY: 'http://secure:1', http_proxy: 'http://plain:1' }

it.each([
  ['https://api.example.test', environment, 'http://secure:1'],
  ['http://api.example.test', environment, 'http://plain:1'],
  ['https://api.example.test', {}, undefined],
  ['https://api.example.test', { HTTPS_PROXY: '' }, undefined],
  ['https://localhost:6443', environment, undefined],
  ['https://127.0.0.1:6443', environment, undefined],
  ['https://[::1]:6443', environment, undefined],
  ['https://api.example.test', { ...environment, NO_PROXY: 'other, .example.test' }, undefined],
  ['https://api.example.test', { ...environment, no_proxy: 'example.test:443' }, undefined],
  ['https://api.example.test', { ...environment, no_proxy: 'example.test:6443' }, 'http://secure:1'],
  ['https://api.example.test', { ...environment, NO_PROXY: '*' }, undefined],
  ['https://badexample.test', { ...environment, NO_PROXY: 'example.test' }, 'http://secure:1'],
])('%s with %j goes through %s', (server, env, expected) => {
  expect(proxyFor(anAccess(server).cluster, env)).toBe(expected)
})

it('proxy-url goes before the environment, for loopback too', () => {
  const { cluster } = anAccess('https://localhost', { cluster: { proxyUrl: 'socks5://mine:1' } })
  expect(proxyFor(cluster, environment)).toBe('socks5://mine:1')
})
