BEGIN TRANSACTION;
CREATE TABLE checkpoints (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL, path TEXT,
    UNIQUE (run, step));
INSERT INTO "checkpoints" VALUES(1,'first',3,'somewhere');
CREATE TABLE diagnostics (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL,
    code TEXT, severity TEXT, text TEXT, cure TEXT, control TEXT NOT NULL DEFAULT '', UNIQUE (run, step, code));
CREATE TABLE evaluations (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL,
    tokens INTEGER, split TEXT, nats REAL, scored_tokens INTEGER, whole INTEGER,
    UNIQUE (run, step, split));
INSERT INTO "evaluations" VALUES(1,'first',3,30,'validation',3.25,100,1);
CREATE TABLE examinations (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL,
    data TEXT NOT NULL, UNIQUE (run, step));
CREATE TABLE findings (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL,
    part TEXT NOT NULL, data TEXT NOT NULL, UNIQUE (run, step, part));
CREATE TABLE points (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL,
    tokens INTEGER, seconds REAL, nats REAL, lr REAL, grad_norm REAL, tokens_per_second REAL,
    UNIQUE (run, step));
INSERT INTO "points" VALUES(1,'first',1,10,0.5,3.4,0.001,0.5,20.0);
INSERT INTO "points" VALUES(2,'first',2,20,1.0,3.3,0.001,0.5,20.0);
INSERT INTO "points" VALUES(3,'first',3,30,1.5,3.2,0.001,0.5,20.0);
CREATE TABLE probes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL,
    nats TEXT NOT NULL, UNIQUE (run, step));
CREATE TABLE runs (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, spec TEXT NOT NULL,
    status TEXT NOT NULL, wish TEXT NOT NULL DEFAULT 'run', wished REAL,
    single_steps INTEGER NOT NULL DEFAULT 0, lr_scale REAL NOT NULL DEFAULT 1.0,
    message TEXT NOT NULL DEFAULT '', created REAL NOT NULL, started REAL, ended REAL,
    pid INTEGER, server INTEGER, facts TEXT NOT NULL DEFAULT '{}', kind TEXT NOT NULL DEFAULT 'train', options TEXT NOT NULL DEFAULT '{}', parent TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', pause_at INTEGER, attempt INTEGER NOT NULL DEFAULT 0, moved REAL, number INTEGER NOT NULL DEFAULT 0);
INSERT INTO "runs" VALUES('first','ada','LSTM, Mine','{"version": 1, "corpus": {"name": "own", "text": "abababababababababababababababababababababababababababababababab", "items": true}, "tokenizer": {"name": "char"}, "model": {"name": "lstm", "n_layer": 1, "n_embd": 64, "n_hidden": 256, "block_size": 64, "dropout": 0.0, "tied": false, "head": "linear", "locked_dropout": 0.0, "embedding_dropout": 0.0, "weight_drop": 0.0, "ar": 0.0, "tar": 0.0}, "train": {"lr": 0.001, "batch_size": 32, "weight_decay": 0.05, "optimizer": "adamw", "schedule": "cosine", "warmup": 0.05, "keep_best": true, "begin": "names", "grad_clip": 1.0, "eval_tokens": 20000, "eval_every": 0, "accumulate": 1, "ramp": 0.0, "ema": 0.0, "patience": 0, "precision": "auto", "recompute": false, "compile": "auto", "deterministic": false}, "budget": {"steps": 20}, "seed": 7}','finished','run',NULL,0,1.0,'',1795976381.19486,NULL,NULL,NULL,0,'{"vocab_size": 27, "unit": "nats per character", "parameters": 1000, "counts": {"validation": {"tokens": 100}}}','train','{}','','',NULL,0,1.79597638120035696029e+09,1);
INSERT INTO "runs" VALUES('second','ada','Transformer encoder, US first names, 2017','{"version": 1, "corpus": {"name": "names"}, "tokenizer": {"name": "char"}, "model": {"name": "encoder", "n_layer": 3, "n_head": 4, "n_embd": 64, "block_size": 24, "dropout": 0.0, "position": "rotary", "attention": "softmax", "n_kv_head": 0, "qk_norm": false, "activation": "relu", "norm": "layer", "norm_place": "after", "bias": true, "tied": false, "head": "linear", "masked": 0.3}, "train": {"lr": 0.003, "batch_size": 64, "weight_decay": 0.05, "optimizer": "adamw", "schedule": "cosine", "warmup": 0.05, "keep_best": true, "begin": "nothing", "grad_clip": 1.0, "eval_tokens": 20000, "eval_every": 0, "accumulate": 1, "ramp": 0.0, "ema": 0.0, "patience": 0, "precision": "auto", "recompute": false, "compile": "auto", "deterministic": false}, "budget": {"seconds": 60.0}, "seed": 0}','queued','run',NULL,0,1.0,'',1.79597638123052334791e+09,NULL,NULL,NULL,0,'{}','train','{}','','',NULL,0,NULL,2);
CREATE TABLE samples (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL, text TEXT, pieces TEXT NOT NULL DEFAULT '[]',
    UNIQUE (run, step));
INSERT INTO "samples" VALUES(1,'first',3,'anna','[["an", 0.5], ["na", 0.25]]');
CREATE TABLE snapshots (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step INTEGER NOT NULL, path TEXT,
    UNIQUE (run, step));
CREATE TABLE texts (
    owner TEXT NOT NULL, text TEXT NOT NULL, title TEXT NOT NULL, items INTEGER NOT NULL,
    given REAL NOT NULL, PRIMARY KEY (owner, text));
CREATE TABLE visits (owner TEXT PRIMARY KEY, seen REAL NOT NULL, removed INTEGER NOT NULL DEFAULT 0);
CREATE INDEX runs_owner ON runs (owner, created);
CREATE INDEX texts_text ON texts (text);
CREATE INDEX runs_parent ON runs (parent);
COMMIT;
