import { type AddressInfo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** One message as an SMTP server took it. */
export interface TakenMail {
  readonly from: string
  readonly to: readonly string[]
  /** As it came, with `\r\n`. */
  readonly data: string
  /** User and password, where somebody signed in. */
  readonly auth: string | undefined
}

/**
 * A real SMTP server on loopback that takes mail from anybody, or from who knows the password, and remembers it. Ended with the test.
 * @param refused the recipients that it does not know
 */
export async function anSmtpServer({
  auth,
  refused = [],
}: {
  readonly auth?: string
  readonly refused?: readonly string[]
} = {}) {
  const mails: TakenMail[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    converse(socket, { auth, refused, take: (mail) => void mails.push(mail) })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return { port: (server.address() as AddressInfo).port, mails }
}

interface Script {
  readonly auth: string | undefined
  readonly refused: readonly string[]
  readonly take: (mail: TakenMail) => void
}

function converse(socket: Socket, { auth, refused, take }: Script): void {
  let pending = ''
  let signedIn: string | undefined
  let envelope = { from: '', to: [] as string[] }
  let isData = false
  const say = (line: string) => socket.write(`${line}\r\n`)
  const command = (line: string): void => {
    const [verb = '', ...rest] = line.split(' ')
    switch (verb.toUpperCase()) {
      case 'EHLO':
        say('250-localhost')
        say(auth === undefined ? '250 8BITMIME' : '250 AUTH PLAIN')
        return
      case 'AUTH': {
        const given = Buffer.from(rest[1] ?? '', 'base64')
          .toString()
          .split('\0')
          .slice(1)
          .join(':')
        if (given !== auth) return void say('535 5.7.8 Authentication failed')
        signedIn = given
        say('235 2.7.0 Accepted')
        return
      }
      case 'MAIL':
        envelope = { from: addressIn(line), to: [] }
        say(auth === undefined || signedIn !== undefined ? '250 OK' : '530 5.7.0 Authentication required')
        return
      case 'RCPT':
        if (refused.includes(addressIn(line))) return void say('550 5.1.1 No such user')
        envelope.to.push(addressIn(line))
        say('250 OK')
        return
      case 'DATA':
        isData = true
        say('354 Go on')
        return
      case 'QUIT':
        say('221 Bye')
        socket.end()
        return
      default:
        say('500 Unknown command')
    }
  }
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1')
    for (;;) {
      const ending = isData ? '\r\n.\r\n' : '\r\n'
      const end = pending.indexOf(ending)
      if (end < 0) return
      const text = pending.slice(0, end)
      pending = pending.slice(end + ending.length)
      if (!isData) {
        command(text)
        continue
      }
      isData = false
      take({ ...envelope, data: Buffer.from(text, 'latin1').toString('utf8'), auth: signedIn })
      say('250 OK')
    }
  })
  say('220 localhost')
}

const addressIn = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? ''
