import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type { EpochMs } from '#lib/clock.ts'

/** A key and the certificate that vouches for itself with it. PEM. */
export interface Identity {
  readonly key: string
  readonly certificate: string
}

const yearMs = 365 * 24 * 3_600_000
const hourMs = 3_600_000

/**
 * A self-signed X.509 certificate (P-256, SHA-256) for `localhost` and the loopback addresses, valid for a year. kubectl
 * sends no token over plain HTTP, hence this; it is written as DER by hand because node:crypto can read but not make one.
 */
export function createIdentity(commonName: string, now: EpochMs): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = certificateBody(commonName, publicKey, now)
  const signature = createSign('SHA256').update(body).sign(privateKey)
  const certificate = sequence(body, ecdsaWithSha256, bitString(signature))
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), certificate: pem(certificate) }
}

function certificateBody(commonName: string, publicKey: KeyObject, now: EpochMs): Buffer {
  const name = sequence(set(sequence(oid('550403'), tagged(0x0c, Buffer.from(commonName)))))
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return sequence(
    tagged(0xa0, integer(Buffer.of(2))),
    integer(serial),
    ecdsaWithSha256,
    name,
    sequence(time(now - hourMs), time(now + yearMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(basicConstraints, keyUsage, extendedKeyUsage, subjectNames)),
  )
}

/** A DER element: its tag, its length, its content. */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

const sequence = (...parts: readonly Buffer[]) => tagged(0x30, ...parts)
const set = (...parts: readonly Buffer[]) => tagged(0x31, ...parts)
const integer = (bytes: Buffer) => tagged(0x02, bytes)
const oid = (hex: string) => tagged(0x06, Buffer.from(hex, 'hex'))
const octets = (content: Buffer) => tagged(0x04, content)
const bitString = (content: Buffer) => tagged(0x03, Buffer.of(0), content)
const isTrue = tagged(0x01, Buffer.of(0xff))
/** UTCTime: two digits of the year. */
const time = (at: EpochMs) =>
  tagged(0x17, Buffer.from(`${new Date(at).toISOString().replace(/\D/g, '').slice(2, 14)}Z`))

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
const basicConstraints = sequence(oid('551d13'), isTrue, octets(sequence(isTrue)))
/** digitalSignature and keyCertSign. */
const keyUsage = sequence(oid('551d0f'), isTrue, octets(tagged(0x03, Buffer.of(2, 0x84))))
const serverAuth = oid('2b06010505070301')
const extendedKeyUsage = sequence(oid('551d25'), octets(sequence(serverAuth)))
const dnsName = (text: string) => tagged(0x82, Buffer.from(text))
const address = (bytes: Buffer) => tagged(0x87, bytes)
const ipv6Loopback = Buffer.concat([Buffer.alloc(15), Buffer.of(1)])
const subjectNames = sequence(
  oid('551d11'),
  octets(sequence(dnsName('localhost'), address(Buffer.of(127, 0, 0, 1)), address(ipv6Loopback))),
)

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
