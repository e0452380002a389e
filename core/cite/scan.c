/* Walks through a text and turns every citation into references.
 *
 * Here it is decided which act a citation is of. In order:
 *   1. the act named at the citation: "Article 25 GDPR", "Article 5 of Regulation (EU) 2016/679", "the
 *      GDPR's Article 25", "Regulation (EU) 2016/679, Article 5", "the CRA (Article 13)"; also "this
 *      Regulation" (the default act) and "that Directive", "its Annex III" (the last act of that kind);
 *   2. the act named at a citation joined to this one by a comma, "and", "or": "Articles 5 and 6 and
 *      Annex I of that Regulation";
 *   3. the act of the same article or annex shortly before in the same paragraph;
 *   4. the act the sentence is about: the one it begins with, or the last one named after such a
 *      beginning ("The GDPR asks for .. (Article 25)", "Under Regulation (EU) 2016/679 ..");
 *   5. the default act.
 * A mere mention of another act in the middle of a sentence takes no citation away from the default
 * act, unless the default act has no such provision. Articles, annexes and recitals never belong to a
 * guide or an FAQ, nor sections to an act that has none. */
#include "core/cite/cite.h"

#include "core/bytes/bytes.h"

#include <string.h>

enum { MENTIONS = 8, HEADS = 8, GROUP = 24, PROBES = 1 << 16 };

typedef struct mention {
    uint32_t number; /* in pin_law or PIN_ACT_OTHER */
    uint32_t from;   /* where it stands in the text */
    uint8_t  type;
    bool     attached; /* at a citation, so not what the sentence is about */
} mention;

typedef struct head {
    pin_step step;
    uint32_t number;
    bool     used;
} head;

typedef enum why { WHY_NAMED, WHY_CONTEXT, WHY_DEFAULT, WHY_UNKNOWN } why;

typedef struct verdict {
    uint32_t number; /* PIN_ACT_OTHER with WHY_DEFAULT: there is no default act */
    uint8_t  why;
} verdict;

/* A citation of a group: several joined by commas and conjunctions. */
typedef struct member {
    pin_parsed cite;
    pin_act    act; /* named at it; from == to when none is */
} member;

typedef struct scan {
    pin_cite_view v;
    pin_arena    *arena;
    pin_ref      *refs;
    uint32_t      count, cap;
    pin_status    status;
    const char   *message;
    uint32_t      probes;
    mention       mentions[MENTIONS]; /* newest first */
    uint32_t      mention_count;
    mention       subject; /* of the sentence */
    bool          has_subject;
    bool          named_in_sentence; /* some act, and mentions[0] is the last */
    bool          clause;            /* the sentence began with when, where, if */
    head          heads[HEADS];
    uint32_t      next_head;
    bool          opening; /* nothing but "Under the", "Similarly," since the sentence began */
    uint32_t      before;  /* code of the word before */
    bool          every_word; /* none is passed over */
    member       *group;   /* room for GROUP */
} scan;

/* ---- References -------------------------------------------------------------------------------- */

static void stop(scan *s, pin_status status, const char *message)
{
    if (s->status == PIN_OK) {
        s->status = status;
        s->message = message;
    }
}

static pin_ref *add_ref(scan *s, uint32_t from, uint32_t to, uint8_t state)
{
    if (s->status != PIN_OK)
        return NULL;
    if (s->count == PIN_CITE_MAX) {
        stop(s, PIN_LIMIT, "too many citations in one text");
        return NULL;
    }
    if (s->count == s->cap) {
        uint32_t cap = s->cap ? s->cap * 2 : 4;
        pin_ref *more = pin_arena_take(s->arena, cap, sizeof *more);
        if (!more) {
            stop(s, PIN_NO_SPACE, "no room for the citations of a text");
            return NULL;
        }
        if (s->count)
            memcpy(more, s->refs, s->count * sizeof *more);
        s->refs = more;
        s->cap = cap;
    }
    pin_ref *r = &s->refs[s->count++];
    *r = (pin_ref){.from = from, .to = to, .state = state, .provision = PIN_NO_PROVISION};
    return r;
}

static pin_str source_of(const scan *s, uint32_t act)
{
    return act == PIN_ACT_OTHER ? (pin_str){0} : s->v.law->act_id(s->v.law->ctx, act);
}

static void add_resolved(scan *s, const pin_cite_id *id, uint32_t from, uint32_t to, const verdict *act,
                         bool range)
{
    pin_ref *r = add_ref(s, from, to, id->state);
    if (!r)
        return;
    r->from_range = range;
    r->act_named = act->why == WHY_NAMED;
    r->source = source_of(s, act->number);
    r->provision = id->provision;
    r->id = pin_arena_copy(s->arena, (pin_str){id->text, id->len});
    if (!r->id.at && id->len)
        stop(s, PIN_NO_SPACE, "no room for the citations of a text");
}

/* Receives the items of one citation whose act is known. */
typedef struct taking {
    scan    *s;
    verdict  act;
    uint32_t from, to; /* the first item begins here, the last one ends here */
    uint32_t items, seen;
    pin_path last;
    uint32_t last_from;
} taking;

/* What lies between the end before, in t->last, and this end. False: too wide to be meant. */
static bool take_between(taking *t, const pin_path *end, uint32_t to)
{
    scan    *s = t->s;
    uint32_t width = pin_cite_range_width(&t->last, end), at = 0;
    bool     loaded = t->act.number != PIN_ACT_OTHER && s->v.law->act_loaded(s->v.law->ctx, t->act.number);
    bool     foreign = t->act.number == PIN_ACT_OTHER && t->act.why != WHY_DEFAULT;
    bool     exists = false;
    pin_path between;
    if (width > PIN_RANGE_MAX)
        return false;
    if (width == 0 || foreign)
        return true;
    while (s->status == PIN_OK && pin_cite_range_next(&between, &t->last, end, &at, loaded, exists)) {
        pin_cite_id id;
        if (s->probes++ >= PROBES) {
            stop(s, PIN_LIMIT, "too many wide ranges in one text");
            return true;
        }
        pin_cite_resolve(&id, &s->v, &between, t->act.number);
        exists = id.state == PIN_CITE_RESOLVED;
        if (exists || !loaded)
            add_resolved(s, &id, t->last_from, to, &t->act, true);
    }
    return true;
}

/* Is the act named last in this sentence another one than the default? */
static bool other_act_near(const scan *s)
{
    return s->named_in_sentence && s->mentions[0].number == PIN_ACT_OTHER;
}

static void take_item(void *ctx, const pin_path *path, uint32_t from, uint32_t to, uint8_t how)
{
    taking     *t = ctx;
    pin_cite_id id;
    bool        foreign = t->act.number == PIN_ACT_OTHER && t->act.why != WHY_DEFAULT;
    if (t->seen++ == 0)
        from = t->from;
    if (t->seen == t->items && t->to > to)
        to = t->to;
    bool ranged = how == PIN_ITEM_RANGE_END && !t->last.unreadable && t->seen > 1;
    bool readable = how != PIN_ITEM_UNREADABLE && (!ranged || take_between(t, path, to));
    if (!readable || t->act.why == WHY_UNKNOWN) {
        add_ref(t->s, from, to, PIN_CITE_NOT_UNDERSTOOD);
    } else if (foreign) {
        pin_ref *r = add_ref(t->s, from, to, PIN_CITE_OTHER_ACT);
        if (r)
            r->act_named = t->act.why == WHY_NAMED;
    } else {
        pin_cite_resolve(&id, &t->s->v, path, t->act.number);
        if (id.firm && path->firm_to > from)
            to = path->firm_to;
        if (id.state == PIN_CITE_MISSING && t->act.why == WHY_DEFAULT && other_act_near(t->s))
            add_ref(t->s, from, to, PIN_CITE_OTHER_ACT);
        else
            add_resolved(t->s, &id, from, to, &t->act, false);
    }
    t->last = *path;
    t->last_from = from;
}

/* ---- Acts in the text -------------------------------------------------------------------------- */

static void remember_act(scan *s, const pin_act *act, bool attached)
{
    memmove(&s->mentions[1], &s->mentions[0], (MENTIONS - 1) * sizeof s->mentions[0]);
    s->mentions[0] = (mention){act->number, act->from, act->type, attached};
    s->mention_count += s->mention_count < MENTIONS;
    s->named_in_sentence = true;
}

static bool is_type(const scan *s, const mention *m, uint8_t type)
{
    if (type == PIN_ACT_ANY || m->type == type)
        return true;
    if (type == PIN_ACT_ACT) /* "that Act" of anything that is called one */
        return m->type == PIN_ACT_REGULATION || m->number != PIN_ACT_OTHER;
    return pin_cite_act_is(&s->v, m->number, type);
}

static uint32_t default_act(const scan *s)
{
    uint32_t act = s->v.law->default_act;
    return act < s->v.law->act_count(s->v.law->ctx) ? act : PIN_ACT_OTHER;
}

static verdict by_default(const scan *s) { return (verdict){default_act(s), WHY_DEFAULT}; }

/* "that Directive", "its": the last act of this kind that stands on its own, else any. */
static verdict pointed_back(const scan *s, uint8_t type, bool its)
{
    for (uint32_t i = 0; i < s->mention_count; i++)
        if ((!its || !s->mentions[i].attached) && is_type(s, &s->mentions[i], type))
            return (verdict){s->mentions[i].number, WHY_CONTEXT};
    uint32_t act = default_act(s);
    if (type == PIN_ACT_ANY ||
        (act != PIN_ACT_OTHER && (type == PIN_ACT_ACT || pin_cite_act_is(&s->v, act, type))))
        return by_default(s);
    return (verdict){PIN_ACT_OTHER, WHY_CONTEXT};
}

static verdict of_act(const scan *s, const pin_act *act)
{
    uint32_t home = default_act(s);
    if (act->points == PIN_ACT_POINTS_BACK)
        return pointed_back(s, act->type, false);
    if (act->points != PIN_ACT_POINTS_HERE)
        return (verdict){act->number, WHY_NAMED};
    /* "this Directive" in an answer about a regulation is somebody else's text */
    if (home != PIN_ACT_OTHER && act->type != PIN_ACT_ACT && act->type != PIN_ACT_REGULATION &&
        !pin_cite_act_is(&s->v, home, act->type))
        return (verdict){PIN_ACT_OTHER, WHY_NAMED};
    return (verdict){home, home == PIN_ACT_OTHER ? WHY_DEFAULT : WHY_NAMED};
}

/* ---- A group: citations joined by commas and conjunctions --------------------------------------- */

static bool is_guide(const scan *s, const pin_act *act)
{
    return act->points == PIN_ACT_NAMED &&
           (act->type == PIN_ACT_GUIDE ||
            (act->number != PIN_ACT_OTHER && pin_cite_act_is(&s->v, act->number, PIN_ACT_GUIDE)));
}

/* Articles are not of guides. */
static bool may_belong(const scan *s, const pin_parsed *cite, const pin_act *act)
{
    return cite->root == PIN_STEP_SECTION || !is_guide(s, act);
}

/* A section belongs to an act that merely stands beside it only if that is a guide: in "see also section
 * 2.1. Regulation (EU) 2018/1139" it is the next line of a list. */
static bool is_attached(const scan *s, const pin_parsed *cite, const pin_act *act)
{
    pin_token t = pin_cite_token(s->v.text, cite->to);
    bool      said = pin_cite_word_at(s->v.text, t).code == PIN_WORD_OF || t.kind == '(';
    return may_belong(s, cite, act) && (cite->root != PIN_STEP_SECTION || said || is_guide(s, act));
}

static bool names_act(const pin_act *act) { return act->to > act->from; }

static bool section_exists(const scan *s, const pin_parsed *cite, uint32_t act)
{
    pin_cite_id id;
    if (act == PIN_ACT_OTHER)
        return false;
    pin_cite_resolve(&id, &s->v, &cite->first, act);
    return id.state == PIN_CITE_RESOLVED;
}

/* A section without any act named at it: of the default act or of the one FAQ, if it is there. */
static verdict of_section(const scan *s, const pin_parsed *cite)
{
    uint32_t home = default_act(s), faq = s->v.faq;
    if (s->named_in_sentence && s->mentions[0].type == PIN_ACT_GUIDE && s->mentions[0].number != home)
        return (verdict){s->mentions[0].number, WHY_CONTEXT};
    if (section_exists(s, cite, home) || (home != PIN_ACT_OTHER && home == faq))
        return by_default(s);
    if (section_exists(s, cite, faq))
        return (verdict){faq, WHY_CONTEXT};
    if (faq != PIN_ACT_OTHER && s->v.mode != PIN_CITE_PROSE && cite->dotted)
        return (verdict){faq, WHY_CONTEXT};
    return (verdict){PIN_ACT_OTHER, WHY_UNKNOWN};
}

static const head *same_head(const scan *s, const pin_step *step)
{
    for (uint32_t i = 0; i < HEADS; i++) {
        const head *h = &s->heads[i];
        if (h->used && h->step.kind == step->kind && h->step.len == step->len &&
            memcmp(h->step.text, step->text, step->len) == 0)
            return h;
    }
    return NULL;
}

static void remember_head(scan *s, const pin_step *step, uint32_t number)
{
    head *old = (head *)same_head(s, step);
    head *h = old ? old : &s->heads[s->next_head++ % HEADS];
    *h = (head){*step, number, true};
}

/* "The FAQ says that Annex I .." speaks of the annex of an act, as a guide has none. */
static bool guides(const scan *s, const mention *m)
{
    return m->type == PIN_ACT_GUIDE ||
           (m->number != PIN_ACT_OTHER && pin_cite_act_is(&s->v, m->number, PIN_ACT_GUIDE));
}

static verdict of_context(const scan *s, const pin_parsed *cite)
{
    if (cite->root == PIN_STEP_SECTION)
        return of_section(s, cite);
    if (s->v.mode == PIN_CITE_PROSE) {
        const head *h = same_head(s, &cite->first.at[0]);
        if (h)
            return (verdict){h->number, WHY_CONTEXT};
        if (s->has_subject && !guides(s, &s->subject))
            return (verdict){s->subject.number, WHY_CONTEXT};
    }
    return by_default(s);
}

/* Member `i`'s own act, that of the next one to its right that names one, or to its left. */
static const pin_act *act_in_group(const scan *s, const member *group, uint32_t count, uint32_t i)
{
    for (uint32_t k = i; k < count; k++) {
        if (k > i && (group[k].cite.root == PIN_STEP_SECTION) != (group[i].cite.root == PIN_STEP_SECTION))
            break;
        if (names_act(&group[k].act) && may_belong(s, &group[i].cite, &group[k].act))
            return &group[k].act;
    }
    for (uint32_t k = i; k-- > 0;)
        if (names_act(&group[k].act) && may_belong(s, &group[i].cite, &group[k].act) &&
            (group[k].cite.root == PIN_STEP_SECTION) == (group[i].cite.root == PIN_STEP_SECTION))
            return &group[k].act;
    return NULL;
}

/* Is this section worth a reference? "section 5" of anything in prose is not; "entry 4.2.5" only where
 * there is an FAQ with such an entry. */
static bool counts(const scan *s, const pin_parsed *cite, const verdict *act)
{
    if (cite->root != PIN_STEP_SECTION || act->why != WHY_UNKNOWN)
        return true;
    return !cite->entry && (cite->dotted || s->v.mode == PIN_CITE_LIST);
}

static void take_member(scan *s, const member *m, const verdict *act, uint32_t from, uint32_t to)
{
    taking     t = {.s = s, .act = *act, .from = from, .to = to, .items = m->cite.items};
    pin_sink   sink = {take_item, &t};
    pin_parsed again;
    if (m->cite.first.at[0].kind == PIN_STEP_SECTION &&
        pin_cite_token(s->v.text, m->cite.from).kind == PIN_TOKEN_NUMBER && !m->cite.entry)
        pin_cite_parse_sections(&again, &s->v, m->cite.from, &sink);
    else
        pin_cite_parse(&again, &s->v, m->cite.from, &sink);
}

static bool bracket_between(const scan *s, uint32_t from, uint32_t to)
{
    pin_str between = pin_str_part(s->v.text, from, to);
    return between.len && memchr(between.at, '(', between.len);
}

/* Takes the citation already parsed into group[0] and all that are joined to it. `before`: the act
 * named right before the first, or NULL. Returns where to go on. */
static uint32_t take_group(scan *s, const pin_act *before, bool its)
{
    member  *group = s->group;
    uint32_t count = 0, end = 0;
    for (;;) {
        member *m = &group[count++];
        m->act = m->cite.act;
        end = m->cite.to;
        if (!names_act(&m->act)) {
            pin_act after;
            if (pin_cite_act_after(&after, &s->v, end) && is_attached(s, &m->cite, &after)) {
                m->act = after;
                end = after.to;
            }
        }
        uint32_t next = count < GROUP ? pin_cite_join(&s->v, end) : end;
        if (next == end || !pin_cite_parse(&group[count].cite, &s->v, next, NULL))
            break;
    }
    for (uint32_t i = 0; i < count; i++) {
        const member  *m = &group[i];
        const pin_act *named = act_in_group(s, group, count, i);
        uint32_t       from = m->cite.from, to = m->cite.to;
        verdict        act;
        if (!named && before && may_belong(s, &m->cite, before))
            named = before;
        if (named)
            act = of_act(s, named);
        else if (its)
            act = pointed_back(s, PIN_ACT_ANY, true);
        else
            act = of_context(s, &m->cite);
        if (named && named != &m->act && named != before && act.why == WHY_NAMED)
            act.why = WHY_CONTEXT;
        if (before && i == 0 && named == before && !bracket_between(s, before->to, from))
            from = before->from;
        if (names_act(&m->act) && m->act.to > to)
            to = m->act.to;
        if (!counts(s, &m->cite, &act))
            continue;
        take_member(s, m, &act, from, to);
        if (act.why != WHY_DEFAULT && act.why != WHY_UNKNOWN && m->cite.root != PIN_STEP_SECTION)
            remember_head(s, &m->cite.first.at[0], act.number);
    }
    for (uint32_t i = 0; i < count; i++)
        if (names_act(&group[i].act) && group[i].act.points == PIN_ACT_NAMED)
            remember_act(s, &group[i].act, true);
    return end;
}

/* ---- Walking through the text --------------------------------------------------------------------- */

/* From an act's name to a citation that belongs to it: "'s ", ", ", " (", ": ", " in its ", or nothing.
 * Position of the citation's first word; its own grammar says whether there is one. */
static uint32_t after_name(const scan *s, uint32_t pos)
{
    const pin_str text = s->v.text;
    pin_token     t = pin_cite_token(text, pos);
    if (t.broken)
        return pos;
    if (t.kind == PIN_TOKEN_QUOTE) { /* 's, or the end of 'Blue Guide' */
        pin_token next = pin_cite_token(text, t.to);
        if (next.tight && next.kind == PIN_TOKEN_WORD && next.to - next.from == 1)
            return next.to;
        t = next;
    }
    if (t.kind == ',') {
        if (s->clause && s->v.mode == PIN_CITE_PROSE)
            return pos; /* "Where the GDPR applies too, Article 13 .." */
        t = pin_cite_token(text, t.to);
    } else if (t.kind == '(' || t.kind == ':' || (t.kind == PIN_TOKEN_DASH && s->v.mode == PIN_CITE_LIST)) {
        t = pin_cite_token(text, t.to);
        pin_word w = pin_cite_word_at(text, t);
        if (w.code == PIN_WORD_OF)
            t = pin_cite_token(text, t.to);
    }
    return t.broken ? pos : t.from;
}

static void note_mention(scan *s, const pin_act *act)
{
    remember_act(s, act, false);
    /* a sentence about the default act stays so, whatever else it mentions */
    bool foreign = s->has_subject && s->subject.number != default_act(s);
    if (s->opening || foreign) {
        s->subject = s->mentions[0];
        s->has_subject = true;
    }
}

/* The name of an act at `pos`, and the citation that follows it, if any. Returns where to go on. */
static uint32_t take_act(scan *s, const pin_act *act)
{
    member  *group = s->group;
    uint32_t next = after_name(s, act->to);
    bool     guide = is_guide(s, act);
    note_mention(s, act);
    pin_token t = pin_cite_token(s->v.text, next);
    bool      sections = guide && t.kind == PIN_TOKEN_NUMBER && !t.broken &&
                    pin_cite_parse_sections(&group[0].cite, &s->v, t.from, NULL);
    if (sections)
        group[0].cite.items = UINT32_MAX; /* its last item needs no widening */
    if ((sections || pin_cite_parse(&group[0].cite, &s->v, next, NULL)) && may_belong(s, &group[0].cite, act))
        return take_group(s, act, false);
    if (act->numbered) {
        pin_ref *r = add_ref(s, act->from, act->to,
                             act->number == PIN_ACT_OTHER                       ? PIN_CITE_OTHER_ACT
                             : s->v.law->act_loaded(s->v.law->ctx, act->number) ? PIN_CITE_RESOLVED
                                                                                : PIN_CITE_NOT_CHECKED);
        if (r) {
            r->act_named = true;
            r->source = source_of(s, act->number);
        }
    }
    return act->to;
}

/* Length of the id at the beginning of `text`: steps of three letters, a bar, and a number (5a, 3.2) or
 * letters (ii, IV), joined by dots. 0 when there is none. */
static uint32_t id_length(pin_str text)
{
    uint32_t at = 0, end = 0;
    for (;;) {
        uint32_t letters = at;
        while (at < text.len && text.at[at] >= 'a' && text.at[at] <= 'z')
            at++;
        if (at - letters != 3 || at >= text.len || text.at[at] != '_')
            return end;
        uint32_t value = ++at;
        while (at < text.len && pin_is_digit((uint8_t)text.at[at])) {
            while (at < text.len && pin_is_digit((uint8_t)text.at[at]))
                at++;
            at += at + 1 < text.len && text.at[at] == '.' && pin_is_digit((uint8_t)text.at[at + 1]);
        }
        uint32_t most = at == value ? 7 : 1; /* a number has one letter after it at most */
        for (uint32_t n = 0; n < most && at < text.len && pin_is_alpha((uint8_t)text.at[at]); n++)
            at++;
        if (at == value || at - value > PIN_STEP_TEXT)
            return end;
        end = at;
        if (at >= text.len || text.at[at] != '.')
            return end;
        at++;
    }
}

/* An id as it stands in our own files, "cra:art_13.par_8", "cfaq@1.2:sec_4.6.1" or "art_13.par_8". */
static uint32_t take_id(scan *s, pin_token t)
{
    static const char *const roots[] = {"art", "anx", "rct", "sec"};
    const pin_str            text = s->v.text;
    uint32_t                 act = default_act(s), at = t.from, end;
    if (s->v.mode == PIN_CITE_PROSE || t.to >= text.len ||
        (text.at[t.to] != ':' && text.at[t.to] != '_' && text.at[t.to] != '-' && text.at[t.to] != '@' &&
         !pin_is_digit((uint8_t)text.at[t.to])))
        return 0;
    for (uint32_t a = 0, n = s->v.law->act_count(s->v.law->ctx); a < n; a++) {
        pin_str id = s->v.law->act_id(s->v.law->ctx, a);
        pin_str rest = pin_str_part(text, at, text.len);
        if (id.len && rest.len > id.len && pin_str_starts(rest, id) && rest.at[id.len] == ':') {
            act = a;
            at += (uint32_t)id.len + 1;
            break;
        }
    }
    bool root = false;
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        root |= pin_str_starts(pin_str_part(text, at, text.len), pin_str_of(roots[i])) && at + 3 < text.len &&
                text.at[at + 3] == '_';
    if (!root)
        return 0;
    end = at + id_length(pin_str_part(text, at, text.len));
    if (pin_cite_is_word_byte(text, end) || (end < text.len && text.at[end] == '_'))
        return 0;
    if (at == t.from && text.at[at] == 's' && s->v.faq != PIN_ACT_OTHER)
        act = s->v.faq; /* only FAQs have sections of their own */
    if (act == PIN_ACT_OTHER)
        return 0;
    pin_cite_id id = {.state = PIN_CITE_NOT_CHECKED, .provision = PIN_NO_PROVISION};
    if (end - at > PIN_ID_MAX || end - at < 5)
        return 0;
    id.len = end - at;
    memcpy(id.text, text.at + at, id.len);
    if (s->v.law->act_loaded(s->v.law->ctx, act)) {
        id.provision = s->v.law->find(s->v.law->ctx, act, (pin_str){id.text, id.len});
        id.state = id.provision == PIN_NO_PROVISION ? PIN_CITE_MISSING : PIN_CITE_RESOLVED;
    }
    verdict of = {act, at > t.from ? WHY_NAMED : WHY_DEFAULT};
    add_resolved(s, &id, t.from, end, &of, false);
    return end;
}

/* "Chapter II" holds provisions and is none: said to be not understood, where it is surely meant. */
static uint32_t take_chapter(scan *s, pin_token t)
{
    pin_token n = pin_cite_token(s->v.text, t.to);
    bool roman = n.kind == PIN_TOKEN_WORD && pin_cite_roman_value(pin_str_part(s->v.text, n.from, n.to)) &&
                 s->v.text.at[n.from] < 'a';
    if (n.broken || !(roman || (n.kind == PIN_TOKEN_NUMBER && s->v.mode == PIN_CITE_LIST)))
        return 0;
    add_ref(s, t.from, n.to, PIN_CITE_NOT_UNDERSTOOD);
    return n.to;
}

static void begin_sentence(scan *s, pin_token first)
{
    pin_str word = pin_str_part(s->v.text, first.from, first.to);
    bool    goes_on =
        !first.broken && (pin_str_equal(word, PIN_STR("It")) || pin_str_equal(word, PIN_STR("Its")));
    s->opening = true;
    s->named_in_sentence = false;
    s->has_subject = s->has_subject && goes_on;
    s->clause = pin_cite_word_at(s->v.text, first).code == PIN_WORD_OPENER;
    if (first.broken)
        memset(s->heads, 0, sizeof s->heads);
}

/* Does a sentence end between the full stop `dot` and `next`? */
static bool ends_sentence(const scan *s, pin_token dot, pin_token next)
{
    if (dot.kind != '.' && dot.kind != '?' && dot.kind != '!')
        return false;
    if (next.tight || next.kind == PIN_TOKEN_NUMBER)
        return false;
    return next.kind != PIN_TOKEN_WORD || s->v.text.at[next.from] < 'a';
}

/* Nothing of a path, an address or an identifier: "/art_12", "faq_4", "#section". */
static bool starts_word(pin_str text, pin_token t)
{
    if (t.from == 0)
        return true;
    uint8_t c = (uint8_t)text.at[t.from - 1];
    if (c == '_' || c == '#' || c == '@' || c == '\\' || c == '=')
        return false;
    if (c == '/')
        return t.from > 1 && (pin_is_digit((uint8_t)text.at[t.from - 2]) || text.at[t.from - 2] == ')');
    return !pin_cite_is_word_byte(text, t.from - 1) || c >= 0x80;
}

static bool cites_next(scan *s, const pin_act *act)
{
    return pin_cite_parse(&s->group[0].cite, &s->v, after_name(s, act->to), NULL);
}

/* What begins at token `t`? Returns where to go on; t.to when it was an ordinary word. */
static uint32_t take_at(scan *s, pin_token t, pin_word w)
{
    const pin_str text = s->v.text;
    pin_act       act;
    uint32_t      end;
    if (!starts_word(text, t))
        return t.to;
    bool may_cite = w.code == PIN_WORD_HEAD || w.code == PIN_WORD_LEVEL || w.code == PIN_WORD_ORDINAL ||
                    w.code == PIN_WORD_ESSENTIAL || w.code == PIN_WORD_ENTRY || t.kind == PIN_TOKEN_NUMBER;
    if (t.kind == PIN_TOKEN_WORD && (end = take_id(s, t)))
        return end;
    if (may_cite && pin_cite_parse(&s->group[0].cite, &s->v, t.from, NULL))
        return take_group(s, NULL, s->before == PIN_WORD_ITS);
    if (w.code == PIN_WORD_CHAPTER && (end = take_chapter(s, t)))
        return end;
    if (!pin_cite_may_name(&s->v, t, w))
        return t.to;
    if (pin_cite_act_at(&act, &s->v, t.from, false))
        return take_act(s, &act);
    if (s->v.mode == PIN_CITE_QUERY && t.to - t.from < 6 && pin_cite_act_at(&act, &s->v, t.from, true) &&
        act.points == PIN_ACT_NAMED && act.from == t.from && cites_next(s, &act))
        return take_act(s, &act); /* "cra art 13", "red article 3" */
    return t.to;
}

/* Words that may stand before the act that a sentence is about. */
static bool keeps_opening(const scan *s, pin_token t)
{
    static const char *const words[] = {"according", "pursuant", "per",      "by",          "similarly",
                                        "however",   "likewise", "moreover", "furthermore", "also",
                                        "for",       "equally",  "finally",  "instead",     "s"};
    pin_str                  word = pin_str_part(s->v.text, t.from, t.to);
    pin_word                 w = pin_cite_word(word);
    if (w.code == PIN_WORD_THE || w.code == PIN_WORD_OF || w.code == PIN_WORD_TO || w.code == PIN_WORD_AND)
        return true;
    uint8_t first = pin_ascii_lower((uint8_t)word.at[0]);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if ((uint8_t)words[i][0] != first)
            continue;
        pin_str known = pin_str_of(words[i]);
        if (known.len == word.len && memcmp(word.at + 1, known.at + 1, known.len - 1) == 0)
            return true;
    }
    return false;
}

/* Can the word in small letters at [from, to) neither cite, nor name an act, nor say whose the next
 * citation is? The same questions that take_at() asks. */
static bool is_plain(const scan *s, uint32_t from, uint32_t to)
{
    pin_token t = {.from = from, .to = to, .kind = PIN_TOKEN_WORD};
    pin_word  w = pin_cite_word(pin_str_part(s->v.text, from, to));
    switch (w.code) {
    case PIN_WORD_HEAD:
    case PIN_WORD_LEVEL:
    case PIN_WORD_ORDINAL:
    case PIN_WORD_ESSENTIAL:
    case PIN_WORD_ENTRY:
    case PIN_WORD_CHAPTER:
    case PIN_WORD_ITS:
        return false;
    default:
        return !pin_cite_may_name(&s->v, t, w);
    }
}

/* Passes over plain words, each after one space: most of all prose. Where they end, or `pos`. */
static uint32_t pass_plain_words(const scan *s, uint32_t pos)
{
    const char *text = s->v.text.at;
    uint32_t    len = (uint32_t)s->v.text.len;
    while (pos < len && text[pos] == ' ') {
        uint32_t to = pos + 1;
        while (to < len && text[to] >= 'a' && text[to] <= 'z')
            to++;
        if (to == pos + 1)
            break;
        if (to < len) { /* letters of other kinds go on with the word, and an id may */
            uint8_t c = (uint8_t)text[to];
            if (c >= 0x80 || (c >= 'A' && c <= 'Z') || (s->v.mode != PIN_CITE_PROSE && c != ' '))
                break;
        }
        if (!is_plain(s, pos + 1, to))
            break;
        pos = to;
    }
    return pos;
}

static void walk(scan *s)
{
    const pin_str text = s->v.text;
    pin_token     t = pin_cite_token(text, 0), last = {0};
    while (t.kind != PIN_TOKEN_END && s->status == PIN_OK) {
        uint32_t end = t.to;
        if (t.broken || ends_sentence(s, last, t) || last.to == 0)
            begin_sentence(s, t);
        if (t.kind == PIN_TOKEN_WORD || t.kind == PIN_TOKEN_NUMBER) {
            pin_word w = pin_cite_word_at(text, t);
            end = take_at(s, t, w);
            s->opening = s->opening && keeps_opening(s, t);
            s->before = end == t.to ? w.code : PIN_WORD_NONE;
        } else if (t.kind != PIN_TOKEN_QUOTE) {
            s->before = PIN_WORD_NONE;
        }
        last = t;
        if (end != t.to)
            last.kind = PIN_TOKEN_WORD;
        uint32_t next = s->opening || s->every_word ? end : pass_plain_words(s, end);
        if (next != end) {
            last.kind = PIN_TOKEN_WORD;
            s->before = PIN_WORD_NONE;
        }
        t = pin_cite_token(text, next);
    }
}

/* An entry of a list must be something: it begins with the name of an act, or it is not understood. */
static void take_whole_entry(scan *s)
{
    pin_str text = pin_str_trim(s->v.text);
    if (s->count || text.len == 0 || s->v.mode != PIN_CITE_LIST || s->status != PIN_OK)
        return;
    uint32_t  from = (uint32_t)(text.at - s->v.text.at);
    pin_ref  *r = add_ref(s, from, from + (uint32_t)text.len, PIN_CITE_NOT_UNDERSTOOD);
    pin_token first = pin_cite_token(s->v.text, from);
    if (pin_cite_word_at(s->v.text, first).code == PIN_WORD_THE)
        first = pin_cite_token(s->v.text, first.to);
    if (!r || s->mention_count != 1 || s->mentions[0].from != first.from)
        return;
    uint32_t act = s->mentions[0].number;
    r->act_named = true;
    r->source = source_of(s, act);
    r->state = act == PIN_ACT_OTHER                       ? PIN_CITE_OTHER_ACT
               : s->v.law->act_loaded(s->v.law->ctx, act) ? PIN_CITE_RESOLVED
                                                          : PIN_CITE_NOT_CHECKED;
}

static pin_status scan_text(pin_refs *out, pin_str text, pin_cite_mode mode, const pin_law *law, pin_arena *arena,
                            pin_error *err, bool every_word)
{
    size_t mark = arena->used;
    if (text.len >= UINT32_MAX)
        return pin_fail(err, PIN_LIMIT, 0, "text is longer than 4 GiB");
    member group[GROUP];
    scan   s = {.arena = arena, .status = PIN_OK, .group = group, .every_word = every_word};
    pin_cite_view_init(&s.v, text, mode, law);
    walk(&s);
    take_whole_entry(&s);
    if (s.status != PIN_OK) {
        arena->used = mark;
        return pin_fail(err, s.status, 0, s.message);
    }
    *out = (pin_refs){s.refs, s.count};
    return PIN_OK;
}

pin_status pin_cite_scan(pin_refs *out, pin_str text, pin_cite_mode mode, const pin_law *law, pin_arena *arena,
                         pin_error *err)
{
    return scan_text(out, text, mode, law, arena, err, false);
}

pin_status pin_cite_scan_every_word(pin_refs *out, pin_str text, pin_cite_mode mode, const pin_law *law,
                                    pin_arena *arena, pin_error *err)
{
    return scan_text(out, text, mode, law, arena, err, true);
}
