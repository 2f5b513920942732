import type { ConnectionWords } from './connection-findings.ts';

/** What the connection doctor says in Portuguese. */
export const connectionFindingsPt: ConnectionWords = {
  'token.ok': [() => 'O token da Meta é válido.', ''],
  'token.expires-soon': [
    (date) => `O token da Meta vence em ${date}.`,
    'Gere um que não vença, com um usuário do sistema do Meta Business, e cadastre aqui antes dessa data.',
  ],
  'token.expired': [
    () => 'O token da Meta venceu. Não é possível enviar nada.',
    'Gere um token novo com um usuário do sistema do Meta Business e cadastre aqui.',
  ],
  'token.invalid': [
    () => 'A Meta não aceita mais o token. Não é possível enviar nada.',
    'Gere um token novo com um usuário do sistema do Meta Business e cadastre aqui.',
  ],
  'token.missing': [
    () => 'Não temos o token deste número guardado.',
    'Cadastre o token de novo ou conecte o número outra vez.',
  ],
  'app.ok': [() => 'O token é do app que recebe as mensagens.', ''],
  'app.other': [
    () => 'O token é de outro app da Meta: as mensagens recebidas não vão chegar aqui.',
    'Cadastre os dados desse app com um token dele em «App próprio», ou um token do app que esta conexão usa.',
  ],
  'app.refused': [
    () => 'A Meta não aceita o id ou a chave secreta do app desta conexão.',
    'Copie de novo a chave secreta no painel do app e cadastre em «App próprio». Se o app não é seu, avise quem administra o sistema.',
  ],
  'app.proof-required': [
    () => 'O app exige a chave secreta em cada chamada, e as mensagens são enviadas sem ela: nada pode ser enviado.',
    'No painel do app, em Configurações → Avançado → Segurança, desative “Exigir chave secreta do app”.',
  ],
  'permissions.ok': [() => 'O token tem as permissões necessárias.', ''],
  'permissions.missing': [
    (scopes) => `Faltam permissões no token: ${scopes}.`,
    'Gere o token de novo marcando essas permissões e cadastre aqui.',
  ],
  'permissions.other-account': [
    () => 'O token não tem acesso a esta conta do WhatsApp Business.',
    'No Meta Business, atribua a conta ao usuário do sistema e gere o token de novo.',
  ],
  'permissions.refused': [
    (code) => `A Meta não deixa ver ou usar este número com este token (código ${code}).`,
    'Confira no Meta Business se o app e a conta estão atribuídos ao usuário do sistema.',
  ],
  'number.ok': [() => 'O número está na conta do WhatsApp Business.', ''],
  'number.not-listed': [
    () => 'A conta do WhatsApp Business não tem mais este número.',
    'Se você o passou para outra conta, exclua esta conexão e conecte o número de novo a partir dela.',
  ],
  'number.unknown': [
    () => 'A Meta não conhece este número, ou este token não pode vê-lo.',
    'Confira no Gerenciador do WhatsApp se o número existe. Se você o excluiu, exclua também esta conexão.',
  ],
  'subscription.ok': [() => 'O app está inscrito na conta: as mensagens chegam.', ''],
  'subscription.repaired': [() => 'O app não estava inscrito na conta. Já o inscrevemos.', ''],
  'subscription.missing': [
    () => 'O app não está inscrito na conta: o que escrevem para você não chega.',
    'Peça a verificação com reparo e nós o inscrevemos de novo.',
  ],
  'webhook.ok': [() => 'A Meta envia as mensagens para o endereço certo.', ''],
  'webhook.untold': [() => 'A Meta não diz para qual endereço envia as mensagens.', ''],
  'webhook.not-set': [
    () => 'O app não tem um endereço para onde enviar as mensagens.',
    'No painel do app, em WhatsApp → Configuração, cadastre a URL de retorno e o token de verificação.',
  ],
  'webhook.other-address': [
    () => 'A Meta envia as mensagens para outro endereço, não para cá.',
    'Corrija a URL de retorno no painel do app, ou remova a que a substitui na conta ou no número.',
  ],
  'webhook.other-host': [
    (host) => `A Meta envia as mensagens para outro servidor, ${host}.`,
    'Se for outro endereço deste mesmo site, está tudo bem. Se não, corrija a URL de retorno no painel do app.',
  ],
  'webhook.inactive': [
    () => 'O endereço está cadastrado, mas a Meta o desativou.',
    'No painel do app, em WhatsApp → Configuração, verifique e salve o endereço de novo.',
  ],
  'webhook.fields-missing': [
    (fields) => `O app não está inscrito nestes avisos: ${fields}.`,
    'No painel do app, em WhatsApp → Configuração → Campos, inscreva-o.',
  ],
  'status.ok': [() => 'O número está conectado.', ''],
  'status.registered': [() => 'O número não estava registrado. Já o registramos.', ''],
  'status.not-registered': [
    () => 'O número não está registrado na API do WhatsApp. Não é possível enviar nada.',
    'Peça a verificação com reparo. Se o número tem confirmação em duas etapas, informe o PIN.',
  ],
  'status.pin-wrong': [
    () => 'O número tem confirmação em duas etapas com outro PIN.',
    'Peça o reparo de novo com o PIN certo, ou troque-o no Gerenciador do WhatsApp.',
  ],
  'status.limited': [
    () => 'A Meta limitou este número por causa da qualidade das mensagens.',
    'Pare as campanhas por alguns dias e escreva só para quem escreveu ou pediu que você escreva.',
  ],
  'status.banned': [
    () => 'A Meta bloqueou este número. Não é possível enviar nada.',
    'Veja o motivo na Qualidade da conta do Meta Business e peça uma revisão por lá.',
  ],
  'status.other': [
    (status) => `A Meta informa um estado que não conhecemos: ${status}.`,
    'Veja o número no Gerenciador do WhatsApp.',
  ],
  'quality.ok': [() => 'A qualidade do número é boa.', ''],
  'quality.unrated': [() => 'A Meta ainda não avaliou a qualidade do número.', ''],
  'quality.medium': [
    () => 'A qualidade do número é média: há clientes que bloqueiam ou denunciam suas mensagens.',
    'Envie menos mensagens de marketing, e só para quem as pediu.',
  ],
  'quality.low': [
    () => 'A qualidade do número é baixa. A Meta pode limitá-lo.',
    'Pare as campanhas até melhorar e reveja para quem e o que você envia.',
  ],
  'throughput.ok': [(rate) => `Velocidade de envio: até ${rate} mensagens por segundo.`, ''],
  'throughput.above': [
    (rate) => `A velocidade escolhida é maior que a que a Meta permite, ${rate} por segundo.`,
    'Baixe as mensagens por segundo desta conexão para esse número.',
  ],
  'messaging-limit.ok': [(limit) => `Você pode iniciar conversas com até ${limit} pessoas diferentes por dia.`, ''],
  'messaging-limit.unlimited': [() => 'Você pode iniciar conversas sem limite de pessoas.', ''],
  'messaging-limit.low': [
    (limit) => `Você pode iniciar conversas com até ${limit} pessoas diferentes por dia.`,
    'Verifique sua empresa no Meta Business para aumentar. Responder a quem escreve não conta.',
  ],
  'messaging-limit.untold': [() => 'A Meta não diz com quantas pessoas você pode iniciar conversas.', ''],
  'health.ok': [() => 'A Meta diz que é possível enviar.', ''],
  'health.untold': [() => 'A Meta não informa se é possível enviar.', ''],
  'health.limited': [
    (codes) => `A Meta diz que o envio está limitado${codes && ` (códigos ${codes})`}.`,
    'Veja os avisos no Gerenciador do WhatsApp.',
  ],
  'health.blocked': [
    (codes) => `A Meta não deixa enviar deste número${codes && ` (códigos ${codes})`}.`,
    'Veja os avisos no Gerenciador do WhatsApp e resolva-os; depois retome a conexão.',
  ],
  'payment.ok': [() => 'Nenhum problema de pagamento à vista.', ''],
  'payment.missing': [
    () => 'Há um problema com a forma de pagamento da conta do WhatsApp Business.',
    'No Meta Business, em Cobrança, cadastre um cartão válido e confira a moeda e o fuso horário.',
  ],
  'display-name.ok': [() => 'O nome de exibição está aprovado.', ''],
  'display-name.untold': [() => 'A Meta não informa a situação do nome de exibição.', ''],
  'display-name.pending': [
    () => 'A Meta está revisando o nome de exibição.',
    'Não é preciso fazer nada; costuma levar menos de um dia.',
  ],
  'display-name.declined': [
    () => 'A Meta não aprovou o nome de exibição.',
    'Peça outro nome no Gerenciador do WhatsApp: ele precisa ter relação com o seu negócio.',
  ],
  'coexistence.ok': [() => 'O uso do app WhatsApp Business está como configurado aqui.', ''],
  'coexistence.on-phone-app': [
    () => 'O número também é usado no app WhatsApp Business, e aqui consta que não.',
    'Ative «também uso o app» nesta conexão: a velocidade cai para 20 mensagens por segundo.',
  ],
  'coexistence.not-on-phone-app': [
    () => 'Aqui consta que o número também é usado no app WhatsApp Business, mas não é mais.',
    'Desative «também uso o app» nesta conexão.',
  ],
  'version.ok': [() => 'A versão da API da Meta está em vigor.', ''],
  'version.ends-soon': [
    (date) => `A versão da API da Meta que esta conexão usa deixa de funcionar em ${date}.`,
    'Escolha uma versão mais nova nesta conexão.',
  ],
  'version.ended': [
    () => 'A versão da API da Meta que esta conexão usa não existe mais.',
    'Escolha uma versão mais nova nesta conexão.',
  ],
  'graph.unanswered': [
    () => 'A Meta não respondeu algumas perguntas, por isso a verificação está incompleta.',
    'Tente de novo em alguns minutos.',
  ],
};
