package io.perdure.recovery.model;

/** Something that holds in every run. Stateless. */
interface Rule {

    void check(History history, Findings findings);
}
