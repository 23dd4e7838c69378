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

  /** What is asked of the API, and what is to be forgotten once that has gone out. */
  taken() {
    const { all } = this;
    const ids = [...this.people.keys()];
    const forget = () => {
      if (all) this.all = this.all === all ? null : this.all;
      else ids.forEach((id) => this.people.delete(id));
    };
    return { body: all ? { select: all.select } : { application_ids: ids }, forget };
  }
}
