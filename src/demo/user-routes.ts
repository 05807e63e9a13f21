import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { authorizationFields } from './auth.ts';
import type { Dto } from './dto-values.ts';
import { json, noContent, Refusal } from './http.ts';
import type { MediaState } from './media-state.ts';
import { parseUserId } from './query.ts';
import { findUser } from './request-user.ts';
import type { Call, Routes } from './router.ts';
import { DEMO_PASSWORD, type DemoUser, jellyfinPolicySchema, policySchema } from './users.ts';

/** Users, their policies, and logging in. */
export const userRoutes: Routes = {
  'GET /Users': {
    access: 'user',
    handle: ({ state }) => json(state.users.map((user) => userDto(state, user))),
  },
  'GET /Users/Public': {
    access: 'anonymous',
    handle: ({ state }) =>
      json(state.users.filter((user) => !user.policy.IsHidden).map((user) => userDto(state, user))),
  },
  'GET /Users/Me': {
    access: 'user',
    handle: ({ state, caller }) => {
      if (!caller?.user) throw new Refusal(400, 'An API key belongs to no user.');
      return json(userDto(state, caller.user));
    },
  },
  'GET /Users/{userId}': { access: 'user', handle: (call) => json(userDto(call.state, namedUser(call))) },
  'POST /Users/{userId}/Policy': { access: 'admin', handle: setPolicy },
  'POST /Users/AuthenticateByName': { access: 'anonymous', handle: logIn },
};

/** Emby's own list of users, page by page. */
export const embyUserRoutes: Routes = {
  'GET /Users/Query': {
    access: 'user',
    handle: ({ state, query }) => {
      const start = query.integer('startIndex') ?? 0;
      const limit = query.integer('limit') ?? state.users.length;
      const users = state.users.slice(start, start + limit);
      return json({ Items: users.map((user) => userDto(state, user)), TotalRecordCount: state.users.length });
    },
  },
};

/** Here, unlike on item lists, both servers know no other user than the one named. */
function namedUser(call: Call): DemoUser {
  const user = findUser(call, parseUserId(call.state.profile.dialect, 'userId', call.param('userId')));
  if (!user) throw new Refusal(404, 'User not found.');
  return user;
}

function setPolicy(call: Call) {
  const { state } = call;
  const user = namedUser(call);
  const schema = state.profile.dialect === 'jellyfin' ? jellyfinPolicySchema : policySchema;
  const parsed = schema.safeParse(call.body);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') || '$';
    throw new Refusal(400, `The ${field} field is required.`, field);
  }
  const isLastAdmin =
    user.policy.IsAdministrator && state.users.filter((one) => one.policy.IsAdministrator).length === 1;
  if (isLastAdmin && (!parsed.data.IsAdministrator || parsed.data.IsDisabled)) {
    throw new Refusal(403, 'There must be at least one user in the system with administrative access.');
  }
  user.policy = parsed.data;
  state.contentVersion++;
  state.onChange();
  return noContent();
}

const credentialsSchema = z.object({ Username: z.string(), Pw: z.string().nullish() });

function logIn({ state, headers, query, body }: Call) {
  const fields = authorizationFields(state, headers);
  const isEmby = state.profile.dialect === 'emby';
  const client = ['Client', 'Device', 'DeviceId', 'Version'].every(
    (name) =>
      fields.get(name.toLowerCase()) ||
      (isEmby && query.text(`X-Emby-${name === 'Device' ? 'Device-Name' : name}`)),
  );
  if (!client) throw new Refusal(400, "Value cannot be null. (Parameter 'appName')");
  const credentials = credentialsSchema.safeParse(body);
  const name = credentials.data?.Username.toLowerCase();
  const user = state.users.find((one) => one.name.toLowerCase() === name && !one.policy.IsDisabled);
  if (!user || credentials.data?.Pw !== DEMO_PASSWORD) {
    throw new Refusal(401, 'Invalid username or password entered.');
  }
  const token = randomUUID().replaceAll('-', '');
  state.tokens.set(token, user);
  return json({ User: userDto(state, user), AccessToken: token, ServerId: state.serverId });
}

function userDto(state: MediaState, user: DemoUser): Dto {
  return {
    Name: user.name,
    ServerId: state.serverId,
    Id: user.id,
    HasPassword: true,
    HasConfiguredPassword: true,
    Configuration: user.configuration,
    Policy: user.policy,
  };
}
