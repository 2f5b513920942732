import type { ConnectionWords } from './connection-findings.ts';

/** What the connection doctor says in English. */
export const connectionFindingsEn: ConnectionWords = {
  'token.ok': [() => 'Meta’s token is valid.', ''],
  'token.expires-soon': [
    (date) => `Meta’s token expires on ${date}.`,
    'Generate one that never expires, with a system user of Meta Business, and enter it here before that day.',
  ],
  'token.expired': [
    () => 'Meta’s token has expired. Nothing can be sent.',
    'Generate a new token with a system user of Meta Business and enter it here.',
  ],
  'token.invalid': [
    () => 'Meta no longer takes the token. Nothing can be sent.',
    'Generate a new token with a system user of Meta Business and enter it here.',
  ],
  'token.missing': [
    () => 'We have no token of this number.',
    'Enter the token again, or connect the number once more.',
  ],
  'app.ok': [() => 'The token belongs to the app that receives the messages.', ''],
  'app.other': [
    () => 'The token belongs to another Meta app: incoming messages will not reach us.',
    'Enter that app together with a token of it under “Own app”, or enter a token of the app this connection uses.',
  ],
  'app.refused': [
    () => 'Meta does not take the id or the secret of this connection’s app.',
    'Copy the app secret again from the app’s dashboard and enter it under “Own app”. If the app is not yours, tell whoever runs the system.',
  ],
  'app.proof-required': [
    () => 'The app requires its secret with every call, and messages are sent without it: nothing can be sent.',
    'In the app’s dashboard, under App settings → Advanced → Security, turn “Require app secret” off.',
  ],
  'permissions.ok': [() => 'The token has the permissions it needs.', ''],
  'permissions.missing': [
    (scopes) => `The token lacks permissions: ${scopes}.`,
    'Generate the token again with these permissions ticked and enter it here.',
  ],
  'permissions.other-account': [
    () => 'The token has no access to this WhatsApp Business account.',
    'In Meta Business, assign the account to the system user and generate the token again.',
  ],
  'permissions.refused': [
    (code) => `Meta does not let this token see or use this number (code ${code}).`,
    'Check in Meta Business that the app and the account are assigned to the system user.',
  ],
  'number.ok': [() => 'The number is in the WhatsApp Business account.', ''],
  'number.not-listed': [
    () => 'The WhatsApp Business account no longer has this number.',
    'If you moved it to another account, delete this connection and connect it again from there.',
  ],
  'number.unknown': [
    () => 'Meta does not know this number, or this token may not see it.',
    'Check in WhatsApp Manager that the number exists. If you deleted it, delete this connection too.',
  ],
  'subscription.ok': [() => 'The app is subscribed to the account: messages arrive.', ''],
  'subscription.repaired': [() => 'The app was not subscribed to the account. We have subscribed it.', ''],
  'subscription.missing': [
    () => 'The app is not subscribed to the account: what people write to you does not arrive.',
    'Ask for a check with repair, and we subscribe it again.',
  ],
  'webhook.ok': [() => 'Meta sends messages to the right address.', ''],
  'webhook.untold': [() => 'Meta does not say which address it sends messages to.', ''],
  'webhook.not-set': [
    () => 'The app has no address to send messages to.',
    'In the app’s dashboard, under WhatsApp → Configuration, enter the callback URL and the verify token.',
  ],
  'webhook.other-address': [
    () => 'Meta sends messages to another address, not to us.',
    'Correct the callback URL in the app’s dashboard, or remove the one that overrides it on the account or number.',
  ],
  'webhook.other-host': [
    (host) => `Meta sends messages to another host, ${host}.`,
    'If that is another address of this same site, all is well. Otherwise correct the callback URL in the app’s dashboard.',
  ],
  'webhook.inactive': [
    () => 'The address is set, but Meta has switched it off.',
    'In the app’s dashboard, under WhatsApp → Configuration, verify and save the address again.',
  ],
  'webhook.fields-missing': [
    (fields) => `The app is not subscribed to: ${fields}.`,
    'In the app’s dashboard, under WhatsApp → Configuration → Webhook fields, subscribe to them.',
  ],
  'status.ok': [() => 'The number is connected.', ''],
  'status.registered': [() => 'The number was not registered. We have registered it.', ''],
  'status.not-registered': [
    () => 'The number is not registered with WhatsApp’s API. Nothing can be sent.',
    'Ask for a check with repair. If the number has two-step verification, give its PIN.',
  ],
  'status.pin-wrong': [
    () => 'The number has two-step verification with another PIN.',
    'Ask for the repair again with the right PIN, or change it in WhatsApp Manager.',
  ],
  'status.limited': [
    () => 'Meta has limited this number because of the quality of its messages.',
    'Stop campaigns for some days and write only to people who wrote to you or asked you to.',
  ],
  'status.banned': [
    () => 'Meta has blocked this number. Nothing can be sent.',
    'See the reason under Account quality in Meta Business and ask for a review there.',
  ],
  'status.other': [
    (status) => `Meta reports a state that we do not know: ${status}.`,
    'Look at the number in WhatsApp Manager.',
  ],
  'quality.ok': [() => 'The quality of the number is good.', ''],
  'quality.unrated': [() => 'Meta has not rated the number yet.', ''],
  'quality.medium': [
    () => 'The quality of the number is medium: customers block or report your messages.',
    'Send fewer marketing messages, and only to people who asked for them.',
  ],
  'quality.low': [
    () => 'The quality of the number is low. Meta may limit it.',
    'Stop campaigns until it is better, and look at whom you write to and what.',
  ],
  'throughput.ok': [(rate) => `Sending speed: up to ${rate} messages a second.`, ''],
  'throughput.above': [
    (rate) => `The speed chosen is above what Meta allows, ${rate} a second.`,
    'Lower this connection’s messages per second to that.',
  ],
  'messaging-limit.ok': [(limit) => `You may start conversations with up to ${limit} different people a day.`, ''],
  'messaging-limit.unlimited': [() => 'You may start conversations with any number of people.', ''],
  'messaging-limit.low': [
    (limit) => `You may start conversations with up to ${limit} different people a day.`,
    'Verify your business in Meta Business to raise it. Answering who writes to you does not count.',
  ],
  'messaging-limit.untold': [() => 'Meta does not say with how many people you may start conversations.', ''],
  'health.ok': [() => 'Meta says that messages can be sent.', ''],
  'health.untold': [() => 'Meta does not say whether messages can be sent.', ''],
  'health.limited': [
    (codes) => `Meta says that sending is limited${codes && ` (codes ${codes})`}.`,
    'See the notices in WhatsApp Manager.',
  ],
  'health.blocked': [
    (codes) => `Meta does not let this number send${codes && ` (codes ${codes})`}.`,
    'See the notices in WhatsApp Manager and settle them; then resume the connection.',
  ],
  'payment.ok': [() => 'No payment problem in sight.', ''],
  'payment.missing': [
    () => 'There is a problem with how the WhatsApp Business account pays.',
    'In Meta Business, under Billing, enter a valid card and check currency and time zone.',
  ],
  'display-name.ok': [() => 'The display name is approved.', ''],
  'display-name.untold': [() => 'Meta does not say how the display name stands.', ''],
  'display-name.pending': [
    () => 'Meta is reviewing the display name.',
    'There is nothing to do; it usually takes less than a day.',
  ],
  'display-name.declined': [
    () => 'Meta has not approved the display name.',
    'Ask for another one in WhatsApp Manager: it must have to do with your business.',
  ],
  'coexistence.ok': [() => 'Use of the WhatsApp Business app is as set here.', ''],
  'coexistence.on-phone-app': [
    () => 'The number is also used in the WhatsApp Business app, and here it says that it is not.',
    'Turn on “I also use the app” for this connection: the speed goes down to 20 messages a second.',
  ],
  'coexistence.not-on-phone-app': [
    () => 'Here it says that the number is also used in the WhatsApp Business app, but it no longer is.',
    'Turn off “I also use the app” for this connection.',
  ],
  'version.ok': [() => 'The version of Meta’s API is current.', ''],
  'version.ends-soon': [
    (date) => `The version of Meta’s API that this connection uses stops working on ${date}.`,
    'Choose a newer version for this connection.',
  ],
  'version.ended': [
    () => 'The version of Meta’s API that this connection uses no longer exists.',
    'Choose a newer version for this connection.',
  ],
  'graph.unanswered': [
    () => 'Meta did not answer some questions, so the check is not complete.',
    'Try again in a few minutes.',
  ],
};
