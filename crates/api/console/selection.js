// Who is chosen for an export: people, on whatever page they stand, or all whom the filters mean.

const kept = new Map();

/** The selection of a vacancy: it outlasts the screen, and ends with the tab. */
export function selectionOf(vacancy) {
  if (!kept.has(vacancy)) kept.set(vacancy, new Selection());
  return kept.get(vacancy);
}

class Selection {
  /** Names by application. */
  people = new Map();
  /** `{ select, total }` when all that match are meant. */
  all = null;

  has(id) {
    return this.all !== null || this.people.has(id);
  }

  get size() {
    return this.all ? this.all.total : this.people.size;
  }

  /** Chooses an application, or no more. */
  set({ id, full_name: name }, chosen) {
    chosen ? this.people.set(id, name) : this.people.delete(id);
  }

  clear() {
    this.people.clear();
    this.all = null;
  }

  /** Whether it is meant by these filters: by others, all are others. */
  fits(select) {
    return !this.all || JSON.stringify(this.all.select) === JSON.stringify(select);
  }

  /** Whom an export is asked for. */
  get body() {
    return this.all ? { select: this.all.select } : { application_ids: [...this.people.keys()] };
  }

  /** Forgets them, who go out now; answers how they come back, beside whoever was chosen meanwhile. */
  take() {
    const { people, all } = this;
    Object.assign(this, { people: new Map(), all: null });
    return () => {
      if (!this.all) this.people = new Map([...people, ...this.people]);
      if (this.people.size === 0) this.all ??= all;
    };
  }
}
