// name: insert_visual_tag
// purpose: say whether a photograph can show concepts
// params: version TEXT, rows LIST of concept key; value; probability; tagger; guess; curator
UNWIND $rows AS row
MATCH (c:Concept {version: $version, key: row[0]})
SET c.visual = row[1], c.visual_probability = row[2], c.visual_tagger = row[3],
    c.visual_guess = row[4], c.visual_curator = row[5];
