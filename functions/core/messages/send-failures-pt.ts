import type { SendFailureWords } from './send-failures.ts';

const RETRY = 'Envie de novo em alguns minutos.';
const ADMIN = 'Avise quem administra a loja: é preciso ver isso em «Conexões».';
const WAIT = 'Você não precisa fazer nada: passa sozinho. Se ficou como não enviada, envie de novo mais tarde.';
const TEMPLATE = 'Escolha outro modelo, ou peça a quem administra a loja que revise este.';

/** Why a message did not go out, in Portuguese. */
export const sendFailuresPt: SendFailureWords = {
  token: ['A Meta não aceita mais o acesso deste número. Nada sai até que ele seja renovado.', ADMIN],
  permission: ['Falta à conexão uma permissão da Meta, ou ela foi retirada.', ADMIN],
  'meta-fault': ['O WhatsApp teve um problema e não recebeu a mensagem.', RETRY],
  'app-busy': ['Foram feitos pedidos demais à Meta em pouco tempo.', WAIT],
  'account-busy': ['A conta do WhatsApp fez pedidos demais em pouco tempo.', WAIT],
  'number-busy': ['O número enviou mais mensagens por segundo do que a Meta permite.', WAIT],
  'number-gone': ['A Meta não conhece mais este número: foi apagado ou passou para outra conta.', ADMIN],
  'bad-message': [
    'A Meta não aceitou uma parte da mensagem.',
    'Revise a mensagem e tente de outro jeito. Se acontecer de novo, avise quem administra o sistema.',
  ],
  restricted: ['A Meta restringiu a conta por descumprir suas políticas.', ADMIN],
  locked: ['A Meta bloqueou a conta do WhatsApp Business.', ADMIN],
  'blocked-by-shop': ['A loja bloqueou esta pessoa.', 'Desbloqueie-a no WhatsApp e envie de novo.'],
  experiment: [
    'A Meta não entrega publicidade a esta pessoa por causa de um experimento dela. Não é cobrado.',
    'Não envie de novo. Se ela escrever, você pode responder.',
  ],
  country: ['A conta não pode escrever para números desse país.', 'Fale com a pessoa por outro meio.'],
  'to-itself': ['O destinatário é o próprio número da loja.', 'Escolha outro contato.'],
  undeliverable: [
    'O WhatsApp não conseguiu entregar: talvez o número não tenha WhatsApp, use uma versão antiga ou não tenha aceitado os termos.',
    'Confira o número, ou fale com a pessoa por outro meio.',
  ],
  'not-on-test-list': [
    'Este é um número de teste e só escreve aos telefones da sua lista.',
    'Inclua o telefone na lista no painel do app da Meta, ou use um número real.',
  ],
  'display-name': ['A Meta ainda não aprovou o nome de exibição do número.', ADMIN],
  payment: ['A conta do WhatsApp tem um problema de pagamento: falta um cartão ou crédito.', ADMIN],
  registration: ['O número não está registrado no WhatsApp para enviar.', ADMIN],
  pin: ['O PIN da confirmação em duas etapas não está certo, ou foi tentado vezes demais.', ADMIN],
  'registration-limit': ['O número foi registrado vezes demais seguidas.', 'Espere algumas horas e tente de novo.'],
  'window-closed': [
    'Passaram mais de 24 horas desde a última mensagem da pessoa.',
    'Envie um modelo; quando ela responder, você pode escrever livremente.',
  ],
  'number-limited': [
    'A Meta limitou o número porque muitas pessoas o bloquearam ou o marcaram como spam.',
    'Por alguns dias, envie só respostas e não faça campanhas com este número.',
  ],
  'enough-marketing': [
    'A Meta não entregou para que a pessoa não receba publicidade demais.',
    'Espere pelo menos um dia antes de enviar outra promoção a ela.',
  ],
  'opted-out': [
    'A pessoa pediu para não receber mais publicidade da loja.',
    'Não envie promoções a ela. Se ela escrever, você pode responder.',
  ],
  unsupported: ['O WhatsApp não aceita este tipo de mensagem.', 'Envie de outro jeito, por exemplo como texto.'],
  'inbound-file': ['Não foi possível baixar o arquivo que a pessoa enviou.', 'Peça que ela envie de novo.'],
  file: [
    'O WhatsApp não aceitou o arquivo: o tipo ou o tamanho não é o que diz ser.',
    'Converta para JPG, PNG, MP4 ou PDF, ou diminua o arquivo, e envie de novo.',
  ],
  'pair-busy': ['Foram enviadas mensagens demais seguidas a esta pessoa.', 'Espere um minuto e envie de novo.'],
  maintenance: ['A Meta está fazendo manutenção no número.', RETRY],
  'needs-phone': [
    'Esta mensagem só pode ir a um número de telefone, e não temos o desta pessoa.',
    'Peça o telefone dela e envie de novo.',
  ],
  'marketing-off': ['A conta está com a publicidade desligada por este meio.', ADMIN],
  misclassified: ['A Meta limitou a conta por modelos com a categoria errada.', ADMIN],
  'template-mismatch': ['Os dados não combinam com os espaços do modelo.', TEMPLATE],
  'template-missing': ['O modelo não existe nesse idioma ou não está aprovado.', TEMPLATE],
  'template-too-long': ['O texto do modelo, já preenchido, ficou longo demais.', 'Use dados mais curtos.'],
  'template-policy': ['O modelo não cumpre as políticas do WhatsApp.', TEMPLATE],
  'template-paused': ['A Meta pausou o modelo porque ele recebeu avaliações ruins.', TEMPLATE],
  'template-disabled': ['A Meta desativou o modelo para sempre.', 'Escolha outro modelo.'],
  flow: ['A Meta bloqueou ou limitou o formulário desta mensagem.', ADMIN],
  'payment-terms': ['Falta aceitar os termos de pagamentos do WhatsApp.', ADMIN],
  'marketing-only': ['Por este meio só se enviam modelos de publicidade.', TEMPLATE],
  'marketing-syncing': ['A Meta está preparando a conta para publicidade.', 'Tente de novo em dez minutos.'],
  'marketing-unavailable': ['Esta conta não pode enviar publicidade por este meio.', ADMIN],
  identity: [
    'A pessoa trocou de telefone ou de WhatsApp e é preciso confirmar que é ela.',
    'Confirme com a pessoa que o número é dela e depois envie de novo.',
  ],
  'template-limit': ['A conta chegou ao máximo de modelos.', 'Apague modelos que você não usa.'],
  'template-locked': ['O modelo não pode ser mudado neste momento.', 'Espere a Meta terminar de avaliá-lo.'],
  'template-size': ['O modelo é longo demais.', 'Encurte o texto.'],
  'template-variables': ['O modelo tem espaços demais para tão pouco texto.', 'Acrescente texto ou tire espaços.'],
  'template-edges': ['O modelo começa ou termina com um espaço a preencher.', 'Acrescente texto antes e depois.'],
  'connection-stopped': ['A conexão deste número está parada, e a mensagem não saiu.', ADMIN],
  'no-address': [
    'Não temos desta pessoa um telefone nem um id que sirva para este número.',
    'Escreva pelo número em que ela falou com você, ou peça o telefone dela.',
  ],
  unreachable: ['Não foi possível chegar ao WhatsApp, e a mensagem não saiu.', RETRY],
  'file-missing': ['O arquivo da mensagem não está mais aqui.', 'Carregue-o e envie de novo.'],
  'too-late': [
    'A mensagem esperou mais de um dia sem poder sair, e não será mais enviada.',
    'Se ainda for preciso, envie de novo.',
  ],
  broken: [
    'A mensagem não pode ser lida e não saiu.',
    'Escreva de novo. Se acontecer outra vez, avise quem administra o sistema.',
  ],
  'no-consent': [
    'A pessoa pediu para não receber promoções da loja, e por isso esta mensagem não saiu.',
    'Não envie promoções a ela. Se ela escrever, você pode responder; se o modelo não é de marketing, quem administra a loja pode enviá-lo indicando a categoria dele.',
  ],
  other: [
    'O WhatsApp não enviou a mensagem e não explicou por quê.',
    'Tente mais uma vez. Se acontecer de novo, avise quem administra o sistema e informe o código do erro.',
  ],
};
