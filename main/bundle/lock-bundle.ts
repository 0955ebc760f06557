import { randomBytes, type ScryptOptions, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import type { Identity, Recipient, Stanza } from 'age-encryption'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import type { BundleFault } from './format.ts'

/**
 * Encryption is that of age (age-encryption.org/v1) with a passphrase: any age tool opens what this locks. The package does it all but the
 * stretching of the passphrase: that would hold up everything else of main for seconds, and OpenSSL does it beside.
 */
const intro = 'age-encryption.org/v1'
const kind = 'scrypt'
const usualWork = 18
/** More work than this is not done for a file of somebody else. */
const workFactorMax = 20
const saltBytes = 16
const blockSize = 8

export const isLocked = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, intro.length + 1)).toString() === `${intro}\n`

export async function lockBundle(bytes: Uint8Array, passphrase: string, workFactor = usualWork): Promise<Uint8Array> {
  const { Encrypter, Stanza } = await import('age-encryption')
  const recipient: Recipient = {
    async wrapFileKey(fileKey) {
      const salt = randomBytes(saltBytes)
      const cipher = await cipherOf(passphrase, salt, workFactor)
      const shownSalt = salt.toString('base64').replaceAll('=', '')
      return [new Stanza([kind, shownSalt, String(workFactor)], cipher.encrypt(fileKey))]
    },
  }
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  return encrypter.encrypt(bytes)
}

/** The bundle in a locked file. */
export async function unlockBundle(bytes: Uint8Array, passphrase: string): Promise<Outcome<Uint8Array, BundleFault>> {
  const { Decrypter } = await import('age-encryption')
  let fault: BundleFault = { kind: 'WrongPassphrase', message: 'The passphrase is wrong, or the file is damaged.' }
  const identity: Identity = {
    async unwrapFileKey(stanzas) {
      const locked = passphraseStanza(stanzas)
      if (locked.ok)
        return (await cipherOf(passphrase, locked.value.salt, locked.value.factor)).decrypt(locked.value.body)
      fault = locked.error
      return null
    },
  }
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  try {
    return success(await decrypter.decrypt(bytes))
  } catch {
    // The package does not tell a wrong passphrase from a damaged file.
    return failure(fault)
  }
}

interface Locked {
  readonly salt: Buffer
  readonly factor: number
  readonly body: Uint8Array
}

function passphraseStanza(stanzas: readonly Stanza[]): Outcome<Locked, BundleFault> {
  const [stanza, ...others] = stanzas
  const [type, salt = '', factor = ''] = stanza?.args ?? []
  const decoded = Buffer.from(salt, 'base64')
  if (
    stanza === undefined ||
    others.length > 0 ||
    type !== kind ||
    decoded.length !== saltBytes ||
    !/^[1-9]\d?$/.test(factor)
  )
    return failure({ kind: 'Locked', message: 'It is not locked with a passphrase alone; unlock it with age first.' })
  if (Number(factor) > workFactorMax)
    return failure({ kind: 'TooLarge', message: 'Its passphrase takes too much work to check.' })
  return success({ salt: decoded, factor: Number(factor), body: stanza.body })
}

const stretch = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

async function cipherOf(passphrase: string, salt: Buffer, factor: number) {
  const { chacha20poly1305 } = await import('@noble/ciphers/chacha.js')
  const N = 2 ** factor
  const label = Buffer.concat([Buffer.from(`${intro}/${kind}`), salt])
  // What scrypt needs, and a little for itself.
  const maxmem = 130 * N * blockSize
  const key = await stretch(passphrase, label, 32, { N, r: blockSize, p: 1, maxmem })
  return chacha20poly1305(key, new Uint8Array(12))
}
