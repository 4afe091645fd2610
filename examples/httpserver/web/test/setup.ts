import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(cleanup);

// For machines with much else to do.
configure({ asyncUtilTimeout: 20_000 });

// jsdom knows the element of dialogs, but not how they are opened.
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};

HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
};

// Nor does it scroll.
Element.prototype.scrollIntoView ??= () => undefined;
