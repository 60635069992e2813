// The storefront in the browser: pick, order, watch. All text goes into the page as text, never as markup.

const shelf = [
  {
    sku: 'lamp-oil',
    name: 'Lamp oil',
    note: 'One litre, clear burning',
    icon: 'M12 4h8l2 5H10zM11 9v15a4 4 0 0 0 4 4h2a4 4 0 0 0 4-4V9M11 16h10',
  },
  {
    sku: 'rope-coil',
    name: 'Rope',
    note: 'Twenty metres, tarred',
    icon: 'M16 6a10 6 0 1 0 0 12 10 6 0 1 0 0-12M6 12v8c0 3 4 6 10 6s10-3 10-6v-8M16 10a4 2 0 1 0 0 4 4 2 0 1 0 0-4',
  },
  {
    sku: 'sea-biscuit',
    name: 'Ship’s biscuit',
    note: 'A tin of twelve',
    icon: 'M6 10h20v16H6zM6 10l3-4h14l3 4M11 16h.1M16 16h.1M21 16h.1M13 21h.1M19 21h.1',
  },
  {
    sku: 'coffee-beans',
    name: 'Coffee',
    note: 'Half a kilo, dark roast',
    icon: 'M7 12h15v8a6 6 0 0 1-6 6h-3a6 6 0 0 1-6-6zM22 14h2a3 3 0 0 1 0 6h-2M11 8c0-2 2-2 2-4M16 8c0-2 2-2 2-4',
  },
  {
    sku: 'brass-whistle',
    name: 'Whistle',
    note: 'Brass, heard a mile off',
    icon: 'M4 13h14v-3h8v4a8 8 0 1 1-15.5 3H4zM18 17.5h.1',
  },
  {
    sku: 'canal-map',
    name: 'Map of the canals',
    note: 'Folded, waterproof',
    icon: 'M5 8l7-2 8 3 7-2v17l-7 2-8-3-7 2zM12 6v17M20 9v17',
  },
];

const quantityMax = 99;
const storageKey = 'orders';
const ordersKept = 20;
/** Seconds between two looks at an order: often at first, then less, so that a flood of orders is not made worse. */
const lookSeconds = { first: 1, max: 5, growth: 1.2 };

const byId = (id) => document.getElementById(id);

const element = (name, attributes = {}, ...children) => {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
  created.append(...children);
  return created;
};

const icon = (path) => {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 32 32');
  svg.setAttribute('aria-hidden', 'true');
  const drawn = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  drawn.setAttribute('d', path);
  svg.append(drawn);
  return svg;
};

// Picking.

const picked = new Map();
const views = new Map();

const showPicked = () => {
  let pieces = 0;
  for (const { sku } of shelf) {
    const quantity = picked.get(sku) ?? 0;
    pieces += quantity;
    const { item, shown, less, more } = views.get(sku);
    shown.value = String(quantity);
    less.disabled = quantity === 0;
    more.disabled = quantity === quantityMax;
    item.classList.toggle('picked', quantity > 0);
  }
  byId('summary').value = pieces === 0 ? 'Nothing picked yet' : pieces === 1 ? '1 piece' : `${pieces} pieces`;
  byId('place').disabled = pieces === 0;
};

const pick = (sku, change) => {
  const quantity = Math.min(quantityMax, Math.max(0, (picked.get(sku) ?? 0) + change));
  if (quantity === 0) picked.delete(sku);
  else picked.set(sku, quantity);
  // Another content is another order: the key of a failed attempt must not be used for it.
  attempt = undefined;
  showPicked();
};

for (const { sku, name, note, icon: path } of shelf) {
  const shown = element('output', { 'aria-label': `Quantity of ${name}`, 'aria-live': 'polite' });
  const less = element('button', { type: 'button', 'aria-label': `One less ${name}` }, '−');
  const more = element('button', { type: 'button', 'aria-label': `One more ${name}` }, '+');
  less.addEventListener('click', () => pick(sku, -1));
  more.addEventListener('click', () => pick(sku, 1));
  const item = element(
    'li',
    { class: 'item' },
    icon(path),
    element('div', {}, element('h3', {}, name), element('small', {}, note)),
    element('div', { class: 'quantity' }, less, shown, more),
  );
  views.set(sku, { item, shown, less, more });
  byId('shelf').append(item);
}

// Ordering.

/** Key and body of an order that was sent but not answered: sent again it is the same order, not a second one. */
let attempt;

/** `randomUUID` is there only over https and on this machine; the store may also be looked at over plain http. */
const newKey = () =>
  crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16)).join('-');

const showError = (text) => {
  byId('form-error').textContent = text ?? '';
  byId('form-error').hidden = text === undefined;
};

/** Problem details (RFC 9457) as a sentence; anything else by its status. */
const problemText = async (response) => {
  if (response.status === 503)
    return 'The store is busy. Try again in a few seconds: the order will not be placed twice.';
  try {
    const problem = await response.json();
    const errors = (problem.errors ?? []).map((error) => `${error.pointer}: ${error.detail}`);
    return [`${problem.title}.`, problem.detail, ...errors].filter(Boolean).join(' ');
  } catch {
    return `The store answered with status ${response.status}. Your order has not been taken; please try again.`;
  }
};

const placeOrder = async () => {
  const items = [...picked].map(([sku, quantity]) => ({ sku, quantity }));
  const residency = byId('residency').checked ? 'onprem' : 'any';
  attempt ??= { key: newKey(), body: JSON.stringify({ items, residency }), items, residency };
  const placedAtMs = Date.now();
  let response;
  try {
    response = await fetch('/api/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': attempt.key },
      body: attempt.body,
    });
  } catch {
    throw new Error('The store could not be reached. Try again in a few seconds: the order will not be placed twice.');
  }
  if (response.status !== 202) throw new Error(await problemText(response));
  const { id } = await response.json();
  const order = { id, items: attempt.items, residency: attempt.residency, placedAtMs, status: 'accepted' };
  attempt = undefined;
  return order;
};

byId('residency').addEventListener('change', () => {
  attempt = undefined;
});

byId('order-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = byId('place');
  button.disabled = true;
  button.textContent = 'Placing…';
  showError(undefined);
  try {
    const order = await placeOrder();
    picked.clear();
    addOrder(order);
    byId('news').textContent = 'Order accepted.';
  } catch (error) {
    showError(error.message);
  } finally {
    button.textContent = 'Place order';
    showPicked();
  }
});

// Watching.

const readOrders = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
};

let orders = readOrders();

const nameOf = (sku) => shelf.find((item) => item.sku === sku)?.name ?? sku;

const seconds = (milliseconds) => `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s`;

const statusLine = (order) => {
  if (order.status !== 'processed') return order.trouble ?? 'Waiting for a free worker…';
  const where = order.processedOn.capacity === 'external' ? 'on the premises' : 'in the cloud (Fargate)';
  return `Processed ${where} after ${seconds(Date.parse(order.processedAt) - order.placedAtMs)}`;
};

const showOrders = () => {
  byId('no-orders').hidden = orders.length > 0;
  byId('order-list').replaceChildren(
    ...orders.map((order) => {
      const content = order.items.map(({ sku, quantity }) => `${quantity} × ${nameOf(sku)}`).join(', ');
      const lines = [
        element(
          'div',
          { class: 'order-head' },
          element('strong', {}, content),
          element('span', { class: `badge ${order.status}` }, order.status),
        ),
        element('span', {}, statusLine(order)),
      ];
      if (order.residency === 'onprem') lines.push(element('small', {}, 'Kept on the premises'));
      if (order.status === 'processed')
        lines.push(element('code', {}, `task ${order.processedOn.task.split('/').at(-1)}`));
      lines.push(element('code', {}, order.id));
      return element('li', { class: 'order' }, ...lines);
    }),
  );
};

const keepOrders = () => {
  try {
    localStorage.setItem(storageKey, JSON.stringify(orders));
  } catch {
    // A browser that keeps nothing still shows this page's orders.
  }
};

const change = (id, changes) => {
  orders = orders.map((order) => (order.id === id ? { ...order, ...changes } : order));
  keepOrders();
  showOrders();
};

const watch = async (id) => {
  for (let delay = lookSeconds.first; orders.some((order) => order.id === id); ) {
    await new Promise((resolve) => setTimeout(resolve, delay * 1000));
    delay = Math.min(lookSeconds.max, delay * lookSeconds.growth);
    try {
      const response = await fetch(`/api/orders/${id}`, { headers: { accept: 'application/json' } });
      // Not known yet: the order is on the queue, and its record may follow.
      if (response.status === 404) continue;
      if (!response.ok) throw new Error(`status ${response.status}`);
      const seen = await response.json();
      if (seen.status !== 'processed') {
        change(id, { trouble: undefined });
        continue;
      }
      change(id, {
        status: 'processed',
        processedAt: seen.processedAt,
        processedOn: seen.processedOn,
        trouble: undefined,
      });
      byId('news').textContent = 'Order processed.';
      return;
    } catch {
      change(id, { trouble: 'No news at the moment; asking again in a few seconds.' });
    }
  }
};

const addOrder = (order) => {
  orders = [order, ...orders].slice(0, ordersKept);
  keepOrders();
  showOrders();
  void watch(order.id);
};

showPicked();
showOrders();
for (const order of orders) if (order.status !== 'processed') void watch(order.id);
