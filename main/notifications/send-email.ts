import type { EmailDelivery } from '#engine/notifications/delivery.ts'
import { failure, type Outcome, success } from '#lib/outcome.ts'

/** For the connection, the greeting, and each answer. */
const timeoutMs = 15_000
/** Where mail begins encrypted; elsewhere it becomes so when the server offers it. */
const encryptedPort = 465

/** Sends one message by SMTP. The library is loaded with the first. */
export async function sendEmail(delivery: EmailDelivery): Promise<Outcome<void, string>> {
  const { server, from, to, subject, body, isHtml } = delivery
  const { host, port, username, password, insecure } = server
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    host,
    port,
    secure: port === encryptedPort,
    ...(username !== '' && { auth: { user: username, pass: password } }),
    tls: { rejectUnauthorized: !insecure },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A text is what it says, never a file or an address to read it from.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    await transport.sendMail({ from, to: [...to], subject, ...(isHtml ? { html: body } : { text: body }) })
    return success(undefined)
  } catch (error) {
    return failure(`email: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    transport.close()
  }
}
