const userId = 'c4f8a458-9091-70a3-5e1c-0d7a1f2b3c4d';

const seller = {
  userId,
  role: 'seller',
  name: 'Sol Ferreyra',
  email: 'sol@raraymagica.example',
  state: 'active',
  invitedAt: '2026-11-21T14:02:10.000Z',
  createdAt: '2026-11-21T14:02:10.000Z',
};

const updatedAt = '2026-11-21T18:30:00.000Z';

const admin = {
  userId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  role: 'admin',
  name: 'Ana Quiroga',
  email: 'ana@raraymagica.example',
  state: 'active',
  createdAt: '2026-10-01T12:00:00.000Z',
};

const former = { ...seller, userId: 'd1b2c3d4-0000-4c5d-8e9f-112233445566', name: 'Tomás Vera' };

/** Bodies of routes about users, as people send them. */
export const userBodies: Readonly<Record<string, unknown>> = {
  inviteUser: { email: 'sol@raraymagica.example', name: 'Sol Ferreyra', role: 'seller' },
  updateUser: { role: 'admin' },
};

/** Answers of routes about users, as they come. */
export const userAnswers: Readonly<Record<string, unknown>> = {
  listUsers: {
    items: [
      admin,
      seller,
      {
        ...former,
        email: 'tomas@raraymagica.example',
        state: 'removed',
        updatedAt,
        stillAssigned: { conversations: false, leads: true, connections: false },
      },
    ],
  },
  inviteUser: seller,
  updateUser: { ...seller, role: 'admin', updatedAt },
  disableUser: { ...seller, state: 'disabled', updatedAt },
  enableUser: { ...seller, updatedAt },
};
