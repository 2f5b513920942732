import type { ConnectionWords } from './connection-findings.ts';

/** What the connection doctor says in Spanish. */
export const connectionFindingsEs: ConnectionWords = {
  'token.ok': [() => 'El token de Meta es válido.', ''],
  'token.expires-soon': [
    (date) => `El token de Meta vence el ${date}.`,
    'Generá uno nuevo que no venza, con un usuario del sistema de Meta Business, y cargalo acá antes de esa fecha.',
  ],
  'token.expired': [
    () => 'El token de Meta venció. No se puede enviar nada.',
    'Generá un token nuevo con un usuario del sistema de Meta Business y cargalo acá.',
  ],
  'token.invalid': [
    () => 'Meta ya no acepta el token. No se puede enviar nada.',
    'Generá un token nuevo con un usuario del sistema de Meta Business y cargalo acá.',
  ],
  'token.missing': [
    () => 'No tenemos guardado el token de este número.',
    'Cargá el token de nuevo, o volvé a conectar el número.',
  ],
  'app.ok': [() => 'El token es de la app que recibe los mensajes.', ''],
  'app.other': [
    () => 'El token es de otra app de Meta: los mensajes que llegan no van a pasar por acá.',
    'Cargá los datos de esa app con un token de ella en «App propia», o un token de la app que usa esta conexión.',
  ],
  'app.refused': [
    () => 'Meta no acepta el id o la clave secreta de la app de esta conexión.',
    'Copiá de nuevo la clave secreta desde el panel de la app y cargala en «App propia». Si la app no es tuya, avisale a quien administra el sistema.',
  ],
  'app.proof-required': [
    () => 'La app exige su clave secreta en cada llamada, y los mensajes salen sin ella: no se puede enviar nada.',
    'En el panel de la app, en Configuración → Avanzada → Seguridad, desactivá «Exigir clave secreta de la app».',
  ],
  'permissions.ok': [() => 'El token tiene los permisos que hacen falta.', ''],
  'permissions.missing': [
    (scopes) => `Al token le faltan permisos: ${scopes}.`,
    'Generá el token de nuevo marcando esos permisos y cargalo acá.',
  ],
  'permissions.other-account': [
    () => 'El token no tiene acceso a esta cuenta de WhatsApp Business.',
    'En Meta Business, asignale la cuenta al usuario del sistema y generá el token de nuevo.',
  ],
  'permissions.refused': [
    (code) => `Meta no deja ver o usar este número con este token (código ${code}).`,
    'Revisá en Meta Business que el usuario del sistema tenga la app y la cuenta asignadas.',
  ],
  'number.ok': [() => 'El número está en la cuenta de WhatsApp Business.', ''],
  'number.not-listed': [
    () => 'La cuenta de WhatsApp Business ya no tiene este número.',
    'Si lo pasaste a otra cuenta, borrá esta conexión y conectalo de nuevo desde ahí.',
  ],
  'number.unknown': [
    () => 'Meta no conoce este número, o este token no puede verlo.',
    'Revisá en el Administrador de WhatsApp que el número exista. Si lo borraste, borrá también esta conexión.',
  ],
  'subscription.ok': [() => 'La app está suscripta a la cuenta: los mensajes llegan.', ''],
  'subscription.repaired': [() => 'La app no estaba suscripta a la cuenta. Ya la suscribimos.', ''],
  'subscription.missing': [
    () => 'La app no está suscripta a la cuenta: los mensajes que te escriben no llegan.',
    'Pedí la revisión con reparación y la suscribimos de nuevo.',
  ],
  'webhook.ok': [() => 'Meta manda los mensajes a la dirección correcta.', ''],
  'webhook.untold': [() => 'Meta no dice a qué dirección manda los mensajes.', ''],
  'webhook.not-set': [
    () => 'La app no tiene una dirección adonde mandar los mensajes.',
    'En el panel de la app, en WhatsApp → Configuración, cargá la dirección de devolución y el token de verificación.',
  ],
  'webhook.other-address': [
    () => 'Meta manda los mensajes a otra dirección, no acá.',
    'Corregí la dirección de devolución en el panel de la app, o sacá la que la reemplaza en la cuenta o el número.',
  ],
  'webhook.other-host': [
    (host) => `Meta manda los mensajes a otro servidor, ${host}.`,
    'Si es otra dirección de este mismo sitio, está todo bien. Si no, corregí la dirección de devolución en el panel de la app.',
  ],
  'webhook.inactive': [
    () => 'La dirección está cargada, pero Meta la tiene desactivada.',
    'En el panel de la app, en WhatsApp → Configuración, verificá y guardá la dirección de nuevo.',
  ],
  'webhook.fields-missing': [
    (fields) => `La app no está suscripta a estos avisos: ${fields}.`,
    'En el panel de la app, en WhatsApp → Configuración → Campos, suscribilos.',
  ],
  'status.ok': [() => 'El número está conectado.', ''],
  'status.registered': [() => 'El número no estaba registrado. Ya lo registramos.', ''],
  'status.not-registered': [
    () => 'El número no está registrado en la API de WhatsApp. No se puede enviar nada.',
    'Pedí la revisión con reparación. Si el número tiene verificación en dos pasos, agregá su PIN.',
  ],
  'status.pin-wrong': [
    () => 'El número tiene verificación en dos pasos con otro PIN.',
    'Pedí la reparación de nuevo con el PIN correcto, o cambialo en el Administrador de WhatsApp.',
  ],
  'status.limited': [
    () => 'Meta le puso límites a este número por la calidad de sus mensajes.',
    'Pará las campañas unos días y escribí solo a quienes te escribieron o pidieron que les escribas.',
  ],
  'status.banned': [
    () => 'Meta bloqueó este número. No se puede enviar nada.',
    'Mirá el motivo en la Calidad de la cuenta de Meta Business y pedí una revisión ahí.',
  ],
  'status.other': [
    (status) => `Meta informa un estado que no conocemos: ${status}.`,
    'Mirá el número en el Administrador de WhatsApp.',
  ],
  'quality.ok': [() => 'La calidad del número es buena.', ''],
  'quality.unrated': [() => 'Meta todavía no calificó la calidad del número.', ''],
  'quality.medium': [
    () => 'La calidad del número es media: hay clientes que bloquean o reportan tus mensajes.',
    'Mandá menos mensajes de marketing y solo a quienes los pidieron.',
  ],
  'quality.low': [
    () => 'La calidad del número es baja. Meta puede limitarlo.',
    'Pará las campañas hasta que mejore y revisá a quiénes y qué les mandás.',
  ],
  'throughput.ok': [(rate) => `Velocidad de envío: hasta ${rate} mensajes por segundo.`, ''],
  'throughput.above': [
    (rate) => `La velocidad elegida es mayor que la que Meta permite, ${rate} por segundo.`,
    'Bajá los mensajes por segundo de esta conexión a ese número.',
  ],
  'messaging-limit.ok': [(limit) => `Podés iniciar conversaciones con hasta ${limit} personas distintas por día.`, ''],
  'messaging-limit.unlimited': [() => 'Podés iniciar conversaciones sin límite de personas.', ''],
  'messaging-limit.low': [
    (limit) => `Podés iniciar conversaciones con hasta ${limit} personas distintas por día.`,
    'Verificá tu empresa en Meta Business para que suba. Responder a quien te escribe no cuenta.',
  ],
  'messaging-limit.untold': [() => 'Meta no dice con cuántas personas podés iniciar conversaciones.', ''],
  'health.ok': [() => 'Meta dice que se puede enviar.', ''],
  'health.untold': [() => 'Meta no informa si se puede enviar.', ''],
  'health.limited': [
    (codes) => `Meta dice que se puede enviar con límites${codes && ` (códigos ${codes})`}.`,
    'Mirá los avisos en el Administrador de WhatsApp.',
  ],
  'health.blocked': [
    (codes) => `Meta no deja enviar desde este número${codes && ` (códigos ${codes})`}.`,
    'Mirá los avisos en el Administrador de WhatsApp y resolvelos; después reanudá la conexión.',
  ],
  'payment.ok': [() => 'No hay problemas de pago a la vista.', ''],
  'payment.missing': [
    () => 'Hay un problema con el medio de pago de la cuenta de WhatsApp Business.',
    'En Meta Business, en Facturación, cargá una tarjeta válida y revisá la moneda y la zona horaria.',
  ],
  'display-name.ok': [() => 'El nombre para mostrar está aprobado.', ''],
  'display-name.untold': [() => 'Meta no informa el estado del nombre para mostrar.', ''],
  'display-name.pending': [
    () => 'Meta está revisando el nombre para mostrar.',
    'No hace falta hacer nada; suele tardar menos de un día.',
  ],
  'display-name.declined': [
    () => 'Meta no aprobó el nombre para mostrar.',
    'Pedí otro nombre en el Administrador de WhatsApp: tiene que tener relación con tu negocio.',
  ],
  'coexistence.ok': [() => 'El uso de la app WhatsApp Business coincide con lo configurado.', ''],
  'coexistence.on-phone-app': [
    () => 'El número también se usa en la app WhatsApp Business, y acá figura que no.',
    'Activá «también uso la app» en esta conexión: la velocidad baja a 20 mensajes por segundo.',
  ],
  'coexistence.not-on-phone-app': [
    () => 'Acá figura que el número también se usa en la app WhatsApp Business, pero ya no es así.',
    'Desactivá «también uso la app» en esta conexión.',
  ],
  'version.ok': [() => 'La versión de la API de Meta está vigente.', ''],
  'version.ends-soon': [
    (date) => `La versión de la API de Meta que usa esta conexión deja de funcionar el ${date}.`,
    'Elegí una versión más nueva en esta conexión.',
  ],
  'version.ended': [
    () => 'La versión de la API de Meta que usa esta conexión ya no existe.',
    'Elegí una versión más nueva en esta conexión.',
  ],
  'graph.unanswered': [
    () => 'Meta no contestó algunas preguntas, así que la revisión está incompleta.',
    'Probá de nuevo en unos minutos.',
  ],
};
