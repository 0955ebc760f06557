import { expect, it } from 'vitest'
import { clientError, goErrorText, isDialFailure } from '#main/metrics/http/go-error.ts'

const url = new URL('https://prom.example.test/x')
const coded = (code: string, more: object = {}): Error => Object.assign(new Error('what Node says'), { code, ...more })
const verify = 'tls: failed to verify certificate: x509:'

it.each<[Error, string]>([
  [coded('ECONNREFUSED', { address: '10.0.0.1', port: 9090 }), 'dial tcp 10.0.0.1:9090: connect: connection refused'],
  [coded('ECONNREFUSED', { address: '::1', port: 9090 }), 'dial tcp [::1]:9090: connect: connection refused'],
  [
    new AggregateError([coded('ECONNREFUSED', { address: '10.0.0.1', port: 1 }), coded('ETIMEDOUT')]),
    'dial tcp 10.0.0.1:1: connect: connection refused',
  ],
  [new Error('outer', { cause: coded('EHOSTUNREACH') }), 'dial tcp prom.example.test:443: connect: no route to host'],
  [coded('ENETUNREACH'), 'dial tcp prom.example.test:443: connect: network is unreachable'],
  [coded('UND_ERR_CONNECT_TIMEOUT'), 'dial tcp prom.example.test:443: i/o timeout'],
  [coded('ENOTFOUND'), 'dial tcp: lookup prom.example.test: no such host'],
  [coded('ECONNRESET'), 'read: connection reset by peer'],
  [coded('UND_ERR_SOCKET'), 'EOF'],
  [coded('CERT_HAS_EXPIRED'), `${verify} certificate has expired or is not yet valid`],
  [coded('SELF_SIGNED_CERT_IN_CHAIN'), `${verify} certificate signed by unknown authority`],
  [
    coded('ERR_TLS_CERT_ALTNAME_INVALID', {
      cert: { subjectaltname: 'DNS:a.test, DNS:*.b.test, IP Address:10.0.0.1' },
    }),
    `${verify} certificate is valid for a.test, *.b.test, not prom.example.test`,
  ],
  [
    coded('ERR_TLS_CERT_ALTNAME_INVALID'),
    `${verify} certificate is not valid for any names, but wanted to match prom.example.test`,
  ],
  [new Error('Proxy response (407) !== 200 when HTTP Tunneling'), 'the proxy answered CONNECT with 407'],
  [coded('EWHATEVER'), 'what Node says'],
])('PRV-1504: %s is told as Go tells it: %s', (error, text) => {
  expect(goErrorText(error, url)).toBe(text)
})

it('PRV-1504: an address whose certificate is for names', () => {
  const error = coded('ERR_TLS_CERT_ALTNAME_INVALID', { cert: { subjectaltname: 'DNS:a.test' } })
  expect(goErrorText(error, new URL('https://10.0.0.1/'))).toBe(
    `${verify} cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs`,
  )
})

it('PRV-1504: what happened before there was a connection', () => {
  expect(['ECONNREFUSED', 'ENOTFOUND', 'ECONNRESET'].map((each) => isDialFailure(coded(each)))).toEqual([
    true,
    true,
    false,
  ])
})

it.each([
  ['GET', 'http://a/b?c', 'Get "http://a/b?c": EOF'],
  ['POST', 'https://ada:s3cret@a/b', 'Post "https://ada:***@a/b": EOF'],
  ['PUT', 'http://ada@a/b:c@d', 'Put "http://ada@a/b:c@d": EOF'],
])('PRV-1503: %s %s shows no password', (method, at, text) => {
  expect(clientError({ method, url: at }, 'EOF')).toBe(text)
})
