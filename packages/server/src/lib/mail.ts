import { createTransport } from 'nodemailer'
import type { App } from '../app.ts'

export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Lets its holder in: it stands in the letter, and in the log of a development instance that cannot send. */
  readonly url: string
}

export interface Mail {
  /** Whether the mail server took it. Why not is told by the log. */
  sendLink(letter: Letter): Promise<boolean>
}

/** Mail through SMTP_URL. Without it nothing is lost in silence: development prints the link, production says so. */
export function createMail(app: Pick<App, 'config' | 'log'>): Mail {
  const { smtpUrl, environment, http } = app.config
  if (!smtpUrl) {
    return {
      async sendLink({ subject, url }) {
        if (environment === 'development') app.log.info({ url }, `mail is not set up (SMTP_URL): ${subject}`)
        else app.log.warn(`mail is not set up (SMTP_URL): "${subject}" was not sent`)
        return false
      }
    }
  }
  const transport = createTransport(smtpUrl.reveal())
  const from = { name: 'Upload24', address: `no-reply@${new URL(http.publicUrl).hostname}` }
  return {
    async sendLink({ to, subject, text, url }) {
      try {
        await transport.sendMail({ from, to, subject, text: `${text}\n\n${url}\n` })
        return true
      } catch (error) {
        app.log.error({ error: (error as Error).message }, `the mail server took no letter: "${subject}"`)
        return false
      }
    }
  }
}
